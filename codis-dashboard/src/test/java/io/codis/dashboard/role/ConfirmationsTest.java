package io.codis.dashboard.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.failover.Observation;
import io.codis.core.wire.ServerState;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Safety rule 13: from when on nobody can have confirmed the old master any more. */
class ConfirmationsTest {

    private static final long EPOCH = 7;
    private static final long NOW = TimeUnit.SECONDS.toNanos(1000);
    private static final long SINCE = TimeUnit.SECONDS.toNanos(999);

    private static final Observation LOST = new Observation.Lost();

    @Test
    void aMemberThatHasPromisedSaysWhenItLastConfirmedTheOldMaster() {
        var confirmations = of(LOST, promised(EPOCH, 60_000, 51_500));

        assertThat(confirmations.ended()).isTrue();
        assertThat(confirmations.last(SINCE, NOW)).isEqualTo(NOW - TimeUnit.MILLISECONDS.toNanos(8500));
    }

    @Test
    void theLatestWordOfAllCounts() {
        var confirmations = of(LOST, promised(EPOCH, 60_000, 51_500), promised(EPOCH, 90_000, 85_000));

        assertThat(confirmations.last(SINCE, NOW)).isEqualTo(NOW - TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void aMemberThatStoppedOrDoesNotSayMayHaveConfirmedItUntilThen() {
        assertThat(of(LOST, new Observation.Stopped()).last(SINCE, NOW)).isEqualTo(SINCE);
        assertThat(of(LOST, promised(EPOCH, 60_000, 0)).last(SINCE, NOW)).isEqualTo(SINCE);
    }

    @Test
    void theyHaveNotEndedWhileAMajorityHasNotPromised() {
        assertThat(of(LOST, promised(EPOCH - 1, 60_000, 51_500)).ended()).isFalse();
        assertThat(of(LOST, LOST, promised(EPOCH, 60_000, 51_500)).ended()).isFalse();
    }

    private static Confirmations of(Observation... members) {
        return new Confirmations(List.of(members), EPOCH);
    }

    private static Observation promised(long epoch, long clock, long granted) {
        return new Observation.Answered(new ServerState(
                "test",
                1,
                "127.0.0.1:1",
                1,
                epoch,
                1,
                1,
                clock,
                granted,
                ServerState.Role.FENCED,
                null,
                false,
                ServerState.Engine.UP,
                "redis 7.0.15",
                "run",
                "replid",
                0,
                "run",
                true,
                1,
                false,
                false,
                0,
                "",
                false,
                null));
    }
}
