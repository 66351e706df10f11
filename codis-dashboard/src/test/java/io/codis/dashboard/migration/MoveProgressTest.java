package io.codis.dashboard.migration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.infra.json.Json;
import org.junit.jupiter.api.Test;

class MoveProgressTest {

    private static final long SECOND = 1_000_000_000;

    private final MoveProgress progress = new MoveProgress(1, 0);

    @Test
    void theRateAndWhatIsLeftAreKnownAfterTheFirstKeys() {
        assertThat(progress.view(SECOND).etaSeconds()).as("before the look").isEqualTo(-1);
        progress.surveyed(1000, 5 * SECOND);
        assertThat(progress.view(6 * SECOND).etaSeconds())
                .as("nothing moved yet")
                .isEqualTo(-1);

        progress.moved(200);

        assertThat(progress.view(7 * SECOND)).satisfies(view -> {
            assertThat(view.keysMoved()).isEqualTo(200);
            assertThat(view.keysPerSecond()).isEqualTo(100);
            assertThat(view.etaSeconds()).isEqualTo(8);
        });
    }

    /** Between two barriers, or while the source is read for keys that came late, nothing moves. */
    @Test
    void aShortRestChangesLittle() {
        progress.surveyed(10_000, 0);
        for (int second = 1; second <= 20; second++) {
            progress.moved(100);
            progress.view(second * SECOND);
        }

        assertThat(progress.view(21 * SECOND).keysPerSecond()).isEqualTo(90);
        assertThat(progress.view(21 * SECOND).etaSeconds()).isEqualTo(89);
    }

    @Test
    void everybodyReadsItUnderTheseNames() {
        progress.surveyed(1000, 0);
        progress.moved(200);

        JsonNode said = Json.mapperInUse().valueToTree(progress.view(2 * SECOND));

        assertThat(said.path("keys_per_second").asLong()).isEqualTo(100);
        assertThat(said.path("eta_seconds").asLong()).isEqualTo(8);
        assertThat(said.path("keys_total").asLong()).isEqualTo(1000);
        assertThat(said.path("keys_moved").asLong()).isEqualTo(200);
    }
}
