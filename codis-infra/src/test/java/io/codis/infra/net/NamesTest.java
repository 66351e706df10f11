package io.codis.infra.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.security.Security;
import org.junit.jupiter.api.Test;

class NamesTest {

    @Test
    void noProcessKeepsANameThatMayHaveMoved() {
        Names.lookUpAnew();

        assertThat(Security.getProperty("networkaddress.cache.ttl")).isEqualTo("1");
        assertThat(Security.getProperty("networkaddress.cache.negative.ttl")).isEqualTo("0");
    }

    @Test
    void anAddressStandsForItself() {
        assertThat(Names.resolved("127.0.0.1:6379")).isEqualTo("127.0.0.1:6379");
    }

    @Test
    void aNameWithoutAnAddressIsAProblemOfNow() {
        assertThatThrownBy(() -> Names.resolved("no-such-server.invalid:6379"))
                .isInstanceOfSatisfying(
                        CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                .hasMessageContaining("no-such-server.invalid");
    }
}
