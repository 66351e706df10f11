package io.codis.it.cluster;

import io.codis.testkit.ChildProcess;
import io.codis.testkit.history.Violation;
import io.codis.testkit.history.Violation.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What is done to one process of a cluster, and when.
 *
 * @param victim as {@code codis status} names it; with {@code /engine} behind it the engine below that launcher
 * @param frozen how long it is stopped by SIGSTOP, zero for SIGKILL
 * @param delay after the beginning of the operation
 */
record Fault(String victim, Duration frozen, Duration delay) {

    private static final String ENGINE = "/engine";
    /** Replication is a fraction of a millisecond behind, but not on a machine with more to do than it can. */
    private static final long BEHIND = 2000;

    static Fault random(Random random, List<String> processes) {
        List<String> victims = new ArrayList<>(processes);
        processes.stream()
                .filter(name -> name.startsWith("server-"))
                .map(name -> name + ENGINE)
                .forEach(victims::add);
        Duration frozen = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(500 + random.nextInt(11_500));
        return new Fault(victims.get(random.nextInt(victims.size())), frozen, Duration.ofMillis(random.nextInt(2500)));
    }

    boolean kills() {
        return frozen.isZero();
    }

    /** The server concerned, if it is one. */
    Optional<String> server() {
        return victim.startsWith("server-") ? Optional.of(victim.replace(ENGINE, "")) : Optional.empty();
    }

    /** Does it and, when it is for a time only, waits for the end of that; when it was done, milliseconds since 1970. */
    long strike(LocalCluster cluster) {
        LockSupport.parkNanos(delay.toNanos());
        Optional<Long> pid =
                victim.endsWith(ENGINE) ? cluster.enginePid(victim.replace(ENGINE, "")) : cluster.pid(victim);
        long at = System.currentTimeMillis();
        pid.ifPresent(id -> ChildProcess.signal(id, kills() ? "KILL" : "STOP"));
        if (!kills()) {
            long end = System.nanoTime() + frozen.toNanos();
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            pid.ifPresent(id -> ChildProcess.signal(id, "CONT"));
        }
        return at;
    }

    /** Whether a violation is the loss of what the victim, a master at that time, had not replicated when it was hurt. */
    static boolean isUnreplicated(Violation violation, long struckAt) {
        Window window = violation.window();
        return window != null && window.first() >= struckAt - BEHIND && window.first() <= struckAt + BEHIND;
    }
}
