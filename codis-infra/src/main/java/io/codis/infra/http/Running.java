package io.codis.infra.http;

import java.time.Duration;

/** Counts exchanges, so that a server can end after the last one. */
final class Running {

    private int count;
    private boolean closing;

    /** False when no more may begin. */
    synchronized boolean begin() {
        if (closing) {
            return false;
        }
        count++;
        return true;
    }

    synchronized void end() {
        count--;
        notifyAll();
    }

    /** Lets no more begin, and waits for those that run, at most {@code grace}. */
    synchronized void drain(Duration grace) {
        closing = true;
        long end = System.nanoTime() + grace.toNanos();
        try {
            for (long left = grace.toMillis(); count > 0 && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
