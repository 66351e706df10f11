package io.codis.server.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.server.identity.IdentityFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuccessionTest {

    private static final Duration NEXT_LOOK = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    private IdentityFile identity;
    private Succession succession;

    @BeforeEach
    void aMaster() {
        identity = IdentityFile.open(directory, "key", "a:1");
        succession = new Succession(identity, NEXT_LOOK);
    }

    @Test
    void nobodyWhoDoesNotLookIsWaitedFor() {
        assertThat(succession.await(System.nanoTime())).isFalse();
    }

    /** A dashboard that took over late has all the time that a promotion takes. */
    @Test
    void whoLooksAtTheLastMomentIsWaitedForAsLong() {
        long told = System.nanoTime();
        var heard = CompletableFuture.supplyAsync(() -> succession.await(told));
        Awaitility.await().pollDelay(500, TimeUnit.MILLISECONDS).until(() -> true);
        succession.looked();

        Awaitility.await("longer than the wait for a look")
                .pollDelay(NEXT_LOOK.toMillis() + 500, TimeUnit.MILLISECONDS)
                .until(() -> true);
        assertThat(heard).isNotDone();
        identity.update(now -> now.asReplica(1, "run"));

        assertThat(heard).succeedsWithin(1, TimeUnit.SECONDS).isEqualTo(true);
    }

    /** The answer may be on its way before the wait has begun. */
    @Test
    void whoHasBeenToldThatItLeavesIsWaitedForUntilTheNextMaster() {
        long told = System.nanoTime();
        succession.looked();
        var heard = CompletableFuture.supplyAsync(() -> succession.await(told));

        Awaitility.await("longer than until the next look")
                .pollDelay(1500, TimeUnit.MILLISECONDS)
                .until(() -> true);
        assertThat(heard).isNotDone();
        identity.update(now -> now.asReplica(1, "run"));

        assertThat(heard).succeedsWithin(1, TimeUnit.SECONDS).isEqualTo(true);
    }
}
