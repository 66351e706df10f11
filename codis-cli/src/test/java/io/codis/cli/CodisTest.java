package io.codis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Security;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodisTest {

    @ParameterizedTest
    @ValueSource(strings = {"codis-admin", "codis-dashboard", "codis-fe", "codis-ha", "codis-proxy", "codis-server"})
    void everyProgramTellsItsVersion(String program) {
        assertThat(Codis.run(program, "--version")).isZero();
    }

    @Test
    void noProgramKeepsANameThatMayHaveMoved() {
        assertThat(Codis.run("--version")).isZero();

        assertThat(Security.getProperty("networkaddress.cache.ttl")).isEqualTo("1");
        assertThat(Security.getProperty("networkaddress.cache.negative.ttl")).isEqualTo("0");
    }
}
