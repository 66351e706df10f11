package io.codis.dashboard.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MoveHoldTest {

    private final MoveHold hold = new MoveHold();
    private final AtomicInteger begun = new AtomicInteger();

    @Test
    void nothingBeginsWhileItLastsAndItKeepsItsId() {
        String id = hold.hold("backup", Duration.ofMinutes(1));

        assertThat(hold.unlessHeld(begun::incrementAndGet)).isFalse();
        assertThat(hold.hold("backup", Duration.ofMinutes(1))).isEqualTo(id);
        assertThat(hold.text()).isEqualTo("held for backup for another 60 s at most");

        hold.release("somebody");
        assertThat(hold.held()).isTrue();
        hold.release("backup");
        assertThat(hold.unlessHeld(begun::incrementAndGet)).isTrue();
        assertThat(begun).hasValue(1);
        assertThat(hold.text()).isEmpty();
    }

    @Test
    void oneThatWasOverIsAnother() {
        String id = hold.hold("backup", Duration.ofNanos(1));

        assertThat(hold.unlessHeld(begun::incrementAndGet)).isTrue();
        assertThat(hold.hold("backup", Duration.ofMinutes(1))).isNotEqualTo(id);
    }

    @Test
    void twoHoldersDoNotMix() {
        hold.hold("backup", Duration.ofMinutes(1));

        assertThatThrownBy(() -> hold.hold("other", Duration.ofMinutes(1)))
                .isInstanceOfSatisfying(
                        CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUSY))
                .hasMessageContaining("held for backup");
    }
}
