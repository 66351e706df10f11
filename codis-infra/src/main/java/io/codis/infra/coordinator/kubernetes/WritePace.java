package io.codis.infra.coordinator.kubernetes;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** At most {@link #WRITES} writes in any second (safety rule 21): the API server and its etcd belong to everybody. */
final class WritePace {

    static final int WRITES = 5;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock turn = new ReentrantLock(true);
    private final ArrayDeque<Long> last = new ArrayDeque<>();

    /** Returns when one more write may be sent. */
    void await() {
        try {
            turn.lockInterruptibly();
            try {
                if (last.size() == WRITES) {
                    TimeUnit.NANOSECONDS.sleep(last.removeFirst() + SECOND - System.nanoTime());
                }
                last.addLast(System.nanoTime());
            } finally {
                turn.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.UNAVAILABLE, "interrupted before a write", e);
        }
    }
}
