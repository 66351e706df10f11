package io.codis.dashboard.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PaceTest {

    private final AtomicBoolean clients = new AtomicBoolean(true);
    private final Pace pace = new Pace(clients::get);

    @Test
    void aSlowDiskAtTheTargetDoesNotCutBatchesToAFewKeys() {
        for (int i = 0; i < 20; i++) {
            pace.took(pace.keys(), Duration.ofMillis(15).toNanos());
        }

        assertThat(pace.keys()).isEqualTo(128);
    }

    @Test
    void batchesGrowUntilTheyHoldUpTheSourceForTheBoundAndShrinkWhenClientsCome() {
        clients.set(false);
        for (int i = 0; i < 20; i++) {
            pace.took(pace.keys(), keysAtTenMicros());
        }
        assertThat(pace.keys()).isEqualTo(2000);
        assertThat(pace.bytes()).isEqualTo(2 << 20);

        clients.set(true);
        pace.took(pace.keys(), keysAtTenMicros());

        assertThat(pace.keys()).isEqualTo(128);
        assertThat(pace.bytes()).isEqualTo(128 << 10);
    }

    private long keysAtTenMicros() {
        return pace.keys() * 10_000L;
    }
}
