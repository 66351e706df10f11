package io.codis.dashboard.migration;

import io.codis.core.codis3.ProxyStats.WantedKey;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What people turn while slots move. In memory only, as in Codis 3.2. */
public final class MoveSettings {

    private static final int MAX_INTERVAL_MICROS = 1_000_000;

    private final int parallelSlots;
    private volatile int intervalMicros;
    private volatile boolean disabled;
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private final Set<WantedKey> wanted = ConcurrentHashMap.newKeySet();
    private final MoveHold hold = new MoveHold();
    private final Set<Integer> turning = ConcurrentHashMap.newKeySet();

    /** @param parallelSlots how many slots of one group move at the same time */
    public MoveSettings(int parallelSlots) {
        if (parallelSlots < 1) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "migration_parallel_slots = " + parallelSlots);
        }
        this.parallelSlots = parallelSlots;
    }

    /** For when this process leads again: what people have turned, and nothing that was about the moves of then. */
    public MoveSettings successor() {
        var successor = new MoveSettings(parallelSlots);
        successor.intervalMicros = intervalMicros;
        successor.disabled = disabled;
        return successor;
    }

    public int parallelSlots() {
        return parallelSlots;
    }

    /** Microseconds of rest after each batch. */
    public int interval() {
        return intervalMicros;
    }

    Duration rest() {
        return Duration.ofNanos(intervalMicros * 1000L);
    }

    /** Clamped to 0 and 1,000,000. */
    public void interval(int micros) {
        intervalMicros = Math.clamp(micros, 0, MAX_INTERVAL_MICROS);
    }

    /** MIGRATE logins that proxies have reported as broken and that are still in use. */
    Set<String> broken() {
        return broken;
    }

    /** Big keys that requests wait for at proxies; taken before whatever a pass finds. */
    Set<WantedKey> wanted() {
        return wanted;
    }

    /** Slots on their way that people want back. */
    Set<Integer> turning() {
        return turning;
    }

    /** While it lasts no move begins, and moves that have begun end. */
    public MoveHold hold() {
        return hold;
    }

    /** No move begins, and moves that have begun copy nothing. */
    public boolean disabled() {
        return disabled;
    }

    public void disabled(boolean value) {
        disabled = value;
    }
}
