package io.codis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodisTest {

    @ParameterizedTest
    @ValueSource(strings = {"codis-admin", "codis-dashboard", "codis-fe", "codis-ha", "codis-proxy", "codis-server"})
    void everyProgramTellsItsVersion(String program) {
        assertThat(Codis.run(program, "--version")).isZero();
    }
}
