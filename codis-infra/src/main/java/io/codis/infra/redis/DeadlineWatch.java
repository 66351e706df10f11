package io.codis.infra.redis;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Cuts a call that has not ended by its deadline. Socket timeouts alone do not do that: they do not limit a write to a
 * stopped process, nor a reply that comes byte by byte.
 */
final class DeadlineWatch {

    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private final ScheduledFuture<?> task;
    private volatile boolean missed;

    private DeadlineWatch(Duration deadline, Runnable cut) {
        task = TIMER.schedule(
                () -> {
                    missed = true;
                    // closing may wait for the writer's lock, and the timer serves every connection
                    Thread.ofVirtual().start(cut);
                },
                deadline.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    static DeadlineWatch start(Duration deadline, Runnable cut) {
        return new DeadlineWatch(deadline, cut);
    }

    boolean missed() {
        return missed;
    }

    void stop() {
        task.cancel(false);
    }

    private static ScheduledThreadPoolExecutor timer() {
        var timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("engine-deadlines").factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }
}
