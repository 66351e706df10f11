package io.codis.server.engine;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One process of the engine, from its start to its end. */
public final class EngineRun {

    private final long number;
    private final Process process;
    private final Optional<EngineOutput> output;

    /** @param output where it is carried; empty when the process writes to standard output itself */
    EngineRun(long number, Process process, Optional<EngineOutput> output) {
        this.number = number;
        this.process = process;
        this.output = output;
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

    /** After its end: its last words are where they belong, or the deadline has passed. */
    public void awaitOutput(Duration deadline) {
        output.ifPresent(carried -> carried.awaitEnd(deadline));
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
