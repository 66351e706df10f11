package io.codis.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TokenTest {

    @Test
    void isDerivedLikeThatOfCodis() {
        assertThat(Token.derive(
                        List.of("aa:bb:cc:dd:ee:ff", "02:42:ac:11:00:02"),
                        "codis-demo",
                        "127.0.0.1:19000",
                        "[::]:11080"))
                .isEqualTo("1261865ec90880649b066536221439a9");
    }

    @Test
    void isTheSameForTheSameAddressesWhateverInterfacesTheHostHas() {
        assertThat(Token.of("demo", "10.0.0.1:19000", "10.0.0.1:11080")).isEqualTo("d77dbcafeb06812952a4d8b0cd9bf708");
    }
}
