package io.codis.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class XauthTest {

    @Test
    void isTheValueThatCodisComputes() {
        assertThat(Xauth.ofDashboard("codis-demo")).isEqualTo("95b62887719520f17e312eaa76d28f2b");
        assertThat(Xauth.ofProxy("codis-demo", "secret", "0123456789abcdef0123456789abcdef"))
                .isEqualTo("12fe2f50058c50af6b7884f0b3e88567");
    }

    @Test
    void anEmptyAuthKeepsItsSegment() {
        assertThat(Xauth.ofProxy("codis-demo", "", "0123456789abcdef0123456789abcdef"))
                .isEqualTo("5990d45254f8b15d304fe028d6faf9f0");
    }
}
