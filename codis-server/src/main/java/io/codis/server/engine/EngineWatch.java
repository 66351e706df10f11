package io.codis.server.engine;

import io.codis.core.problem.CodisException;
import io.codis.core.wire.ServerState.Engine;
import io.codis.infra.redis.RedisConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the engine a few times a second, and at once when somebody asks. One thread owns the connection, so a caller
 * never waits longer than it wants to, whatever the engine does.
 */
public final class EngineWatch implements AutoCloseable {

    /**
     * The engine as it was seen.
     *
     * @param run null when there is no process
     * @param report the last one of that process, null when it has not answered yet
     * @param nanos when the question was put, by {@link System#nanoTime()}
     */
    public record Observation(
            @Nullable EngineRun run, Engine phase, @Nullable EngineReport report, long nanos) {}

    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofMillis(250);
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final EngineSupervisor supervisor;
    private final EngineControl control;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();
    private final Condition seen = lock.newCondition();

    // guarded by lock
    private long requested;
    private long served;

    private volatile Observation last = new Observation(null, Engine.DOWN, null, System.nanoTime());
    private volatile boolean closed;

    // the watching thread's own
    private @Nullable RedisConnection connection;
    private long connectedRun;
    private long answeredNanos = System.nanoTime();

    public EngineWatch(EngineSupervisor supervisor, EngineControl control) {
        this.supervisor = supervisor;
        this.control = control;
    }

    /** Begins to watch on a thread of its own. */
    public void start() {
        Thread.ofVirtual().name("engine-watch").start(this::watch);
    }

    /** What was seen last, up to {@link #PERIOD} ago while the engine answers. Never waits. */
    public Observation last() {
        Observation observation = last;
        // a process that is gone is seen at once
        return observation.run() != null && !observation.run().isAlive()
                ? new Observation(null, Engine.DOWN, null, System.nanoTime())
                : observation;
    }

    /** What is seen now, or what was seen last if that takes longer than {@code patience}. */
    public Observation fresh(Duration patience) {
        long left = patience.toNanos();
        lock.lock();
        try {
            long wanted = ++requested;
            asked.signal();
            while (served < wanted && left > 0) {
                left = seen.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return last();
    }

    @Override
    public void close() {
        closed = true;
    }

    private void watch() {
        while (!closed) {
            long ticket = awaitRequest();
            last = observe();
            lock.lock();
            try {
                served = ticket;
                seen.signalAll();
            } finally {
                lock.unlock();
            }
        }
        disconnect();
    }

    private long awaitRequest() {
        lock.lock();
        try {
            if (served >= requested) {
                boolean ignored = asked.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
            }
            return requested;
        } catch (InterruptedException e) {
            closed = true;
            return requested;
        } finally {
            lock.unlock();
        }
    }

    private Observation observe() {
        long now = System.nanoTime();
        EngineRun run = supervisor.current();
        if (run == null) {
            disconnect();
            return new Observation(null, Engine.DOWN, null, now);
        }
        try {
            EngineReport report = control.report(connected(run), run.number());
            answeredNanos = System.nanoTime();
            supervisor.answered(report.phase() == Engine.LOADING);
            return new Observation(run, report.phase(), report, now);
        } catch (CodisException e) {
            disconnect();
            return unanswered(run);
        }
    }

    /** Keeps the time of the last answer: nobody may take this for a new look at the engine. */
    private Observation unanswered(EngineRun run) {
        Observation before = last;
        EngineReport report = before.report();
        if (report == null || report.run() != run.number()) {
            return new Observation(run, Engine.STARTING, null, before.nanos());
        }
        boolean silent = System.nanoTime() - answeredNanos > SILENCE.toNanos();
        return silent ? new Observation(run, Engine.SILENT, report.silent(), before.nanos()) : before;
    }

    private RedisConnection connected(EngineRun run) {
        RedisConnection open = connection;
        if (open == null || connectedRun != run.number()) {
            disconnect();
            open = control.connect(PATIENCE);
            connection = open;
            connectedRun = run.number();
        }
        return open;
    }

    private void disconnect() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
