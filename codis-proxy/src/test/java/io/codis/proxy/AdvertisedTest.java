package io.codis.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

final class AdvertisedTest {

    @Test
    void whatIsGivenStaysAsItIsGiven() {
        assertThat(Advertised.of("--host-admin", "localhost:1234", new InetSocketAddress(80)))
                .isEqualTo("localhost:1234");
    }

    @Test
    void withoutAFlagItIsTheListeningAddress() {
        assertThat(Advertised.of("--host-admin", "", new InetSocketAddress("127.0.0.1", 11080)))
                .isEqualTo("127.0.0.1:11080");
        assertThat(Advertised.of("--host-admin", "", new InetSocketAddress("::1", 11080)))
                .isEqualTo("[0:0:0:0:0:0:0:1]:11080");
    }

    @Test
    void aWildcardBecomesAnAddressOfThisHost() {
        assertThat(Advertised.of(new InetSocketAddress("0.0.0.0", 11080), () -> "10.1.2.3"))
                .isEqualTo("10.1.2.3:11080");
        assertThat(Advertised.of("--host-admin", "", new InetSocketAddress(11080)))
                .endsWith(":11080")
                .doesNotStartWith("0.0.0.0")
                .doesNotStartWith("[");
    }
}
