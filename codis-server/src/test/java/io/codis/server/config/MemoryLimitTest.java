package io.codis.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLimitTest {

    private static final long MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({"128, 42", "256, 138", "1024, 714", "64, 8"})
    void theEngineGetsWhatLauncherForksAndBuffersLeave(long limit, long maxmemory) {
        EngineSettings settings = given().within(MemoryLimit.of(limit * MIB));

        assertThat(maxmemory(settings)).containsExactly(Long.toString(maxmemory * MIB));
        assertThat(settings.notes()).singleElement().asString().contains("memory limit");
    }

    @Test
    void aGivenMaxmemoryStays() {
        var given = given("maxmemory", "100mb");

        assertThat(given.within(MemoryLimit.of(128 * MIB))).isEqualTo(given);
    }

    @Test
    void noMaxmemoryAtAllIsNoChoiceInsideAContainer() {
        assertThat(maxmemory(given("maxmemory", "0").within(MemoryLimit.of(128 * MIB))))
                .last()
                .isEqualTo(Long.toString(42 * MIB));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1gb", "1G", "134217729", "129MB", "99999999gb", "much"})
    void aMaxmemoryBeyondTheLimitIsRefusedWithTheLimitAndARemedyAndTheServerServes(String size) {
        EngineSettings settings = given("maxmemory", size).within(MemoryLimit.of(128 * MIB));

        assertThat(settings.refused())
                .singleElement()
                .asString()
                .contains("maxmemory " + size + ":", "134217728", "leave the setting out to get " + 42 * MIB);
        assertThat(settings.live()).containsEntry("maxmemory", "" + 42 * MIB);
    }

    /** Whoever raises both has the servers restarted with more, and these must not have less until then. */
    @Test
    void aChangeToOneBeyondTheLimitLeavesTheFormerOne() {
        EngineSettings former = given("maxmemory", "100mb").within(MemoryLimit.of(128 * MIB));
        EngineSettings changed = given("maxmemory", "1gb").within(MemoryLimit.of(128 * MIB));

        assertThat(changed.after(former).live()).containsEntry("maxmemory", "100mb");
        assertThat(changed.after(former).refused()).hasSize(1);
        assertThat(former.after(changed)).isEqualTo(former);
    }

    @Test
    void withoutALimitNothingIsAdded() {
        assertThat(given().within(MemoryLimit.none())).isEqualTo(given());
        assertThat(given("maxmemory", "1gb").within(MemoryLimit.none())).isEqualTo(given("maxmemory", "1gb"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"max\n", "9223372036854771712\n", ""})
    void aControlGroupWithoutALimitIsNone(String text) {
        assertThat(MemoryLimit.parse(text).maxmemory()).isEmpty();
    }

    @Test
    void aControlGroupsLimitIsInBytes() {
        assertThat(MemoryLimit.parse("134217728\n").maxmemory()).hasValue(42 * MIB);
    }

    private static EngineSettings given(String... words) {
        return EngineSettings.of(words.length == 0 ? List.of() : List.of(new Setting(words[0], List.of(words[1]))));
    }

    private static Stream<String> maxmemory(EngineSettings settings) {
        return settings.passed().stream()
                .filter(setting -> setting.key().equals("maxmemory"))
                .map(Setting::text);
    }
}
