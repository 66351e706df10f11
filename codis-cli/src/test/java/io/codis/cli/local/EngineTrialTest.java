package io.codis.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.testkit.Engine;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EngineTrialTest {

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void settingsThatTheEngineTakesAreWelcome(Engine engine) {
        assertThat(EngineTrial.objection(
                        engine.binary(), Map.of("appendonly", "yes", "maxclients", "500", "save", "900 1 300 10")))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aWrongValueAndAnUnknownNameAreRefusedInTheEnginesWords(Engine engine) {
        assertThat(EngineTrial.objection(engine.binary(), Map.of("maxmemory-policy", "some")))
                .hasValueSatisfying(words -> assertThat(words)
                        .startsWith("'maxmemory-policy some': argument(s) must be one of the following: volatile-lru"));
        assertThat(EngineTrial.objection(engine.binary(), Map.of("maxmemroy", "1gb")))
                .hasValueSatisfying(words -> assertThat(words).startsWith("'maxmemroy 1gb': Bad directive"));
    }
}
