package io.codis.dashboard.migration;

import io.codis.core.codis3.ProxyStats.WantedKey;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.dashboard.store.TurnedMoves;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** What steers the moves under one leader: what people have turned, which is kept, and what is about the moves of now. */
public final class MoveSettings {

    private static final int MAX_INTERVAL_MICROS = 1_000_000;

    private final int parallelSlots;
    private final Consumer<TurnedMoves> keeper;
    private volatile TurnedMoves turned;
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private final Set<WantedKey> wanted = ConcurrentHashMap.newKeySet();
    private final MoveHold hold = new MoveHold();
    private final Set<Integer> turning = ConcurrentHashMap.newKeySet();

    /** Nothing is turned yet, and nothing of it kept. */
    public MoveSettings(int parallelSlots) {
        this(parallelSlots, TurnedMoves.DEFAULT, turned -> {});
    }

    /**
     * @param parallelSlots how many slots of one group move at the same time
     * @param keeper keeps what people turn from now on, before it is in force
     */
    public MoveSettings(int parallelSlots, TurnedMoves turned, Consumer<TurnedMoves> keeper) {
        if (parallelSlots < 1) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "migration_parallel_slots = " + parallelSlots);
        }
        this.parallelSlots = parallelSlots;
        this.turned = turned;
        this.keeper = keeper;
    }

    public int parallelSlots() {
        return parallelSlots;
    }

    /** Microseconds of rest after each batch. */
    public int interval() {
        return turned.interval();
    }

    Duration rest() {
        return Duration.ofNanos(interval() * 1000L);
    }

    /** Clamped to 0 and 1,000,000. */
    public synchronized void interval(int micros) {
        turn(new TurnedMoves(Math.clamp(micros, 0, MAX_INTERVAL_MICROS), turned.disabled()));
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
        return turned.disabled();
    }

    public synchronized void disabled(boolean value) {
        turn(new TurnedMoves(turned.interval(), value));
    }

    private void turn(TurnedMoves next) {
        keeper.accept(next);
        turned = next;
    }
}
