package io.codis.server.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastWordsTest {

    private static final String START = "7:C 27 Nov 2026 18:28:24.366 * oO0OoO0OoO0Oo Valkey is starting oO0OoO0OoO0Oo";
    private static final String LOADING = "7:M 27 Nov 2026 18:28:24.367 * Loading RDB produced by Valkey version 8.0.1";
    private static final String READY = "7:M 27 Nov 2026 18:28:24.367 * Ready to accept connections tcp";
    private static final String CRASH = "=== VALKEY BUG REPORT START: Cut & paste starting from here ===";

    private final LastWords words = new LastWords();

    @Test
    void anEngineThatCrashesOverItsDataHasDamagedData() {
        say(START, LOADING, CRASH, "x".repeat(20_000), "=== VALKEY BUG REPORT END. ===");

        assertThat(words.damaged()).isTrue();
        assertThat(words.trouble()).isEqualTo("the engine crashed while it loaded its data");

        say(START);
        assertThat(words.damaged()).as("while it tries again").isTrue();
        words.forget();
        assertThat(words.damaged()).isFalse();
    }

    @Test
    void anotherCrashSaysNothingAboutTheData() {
        say(START, LOADING, READY, CRASH);
        assertThat(words.damaged()).as("while it served").isFalse();

        say(START, CRASH);
        assertThat(words.damaged()).as("before it loaded").isFalse();

        say(START, LOADING, CRASH, "7:M 27 Nov 2026 18:28:24.367 # Guru Meditation: Valkey aborting for OUT OF MEMORY");
        assertThat(words.damaged()).as("without memory").isFalse();
    }

    @Test
    void whatItSaysOfASnapshotIsItsLastLine() {
        String why = "Internal error in RDB reading offset 0, function at rdb.c:3354 -> RDB CRC error";
        say(START, LOADING, "7:M 27 Nov 2026 18:28:24.367 # " + why, "[offset 7] Selecting DB ID 0");

        assertThat(words.damaged()).isTrue();
        assertThat(words.trouble()).isEqualTo(why);
    }

    private void say(String... lines) {
        for (String line : lines) {
            words.accept((line + "\n").getBytes(UTF_8));
        }
    }
}
