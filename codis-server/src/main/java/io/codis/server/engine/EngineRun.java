package io.codis.server.engine;

import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One process of the engine, from its start to its end. */
public final class EngineRun {

    private final long number;
    private final Process process;

    EngineRun(long number, Process process) {
        this.number = number;
        this.process = process;
    }

    /** 1 for the first engine that this launcher started. */
    public long number() {
        return number;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL. An engine that is stopped by a signal ends too. */
    public void kill() {
        process.destroyForcibly();
    }

    /** SIGKILL, and waits for the end; false if the kernel cannot end it in time (a hanging disk). */
    public boolean killAndWait(Duration deadline) {
        kill();
        return awaitEnd(deadline);
    }

    /** Whether it has ended by the deadline. */
    public boolean awaitEnd(Duration deadline) {
        try {
            return process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    int awaitEnd() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    OutputStream input() {
        return process.getOutputStream();
    }
}
