package io.codis.proxy.engine;

/** Something a loop does at a time. Cancelling is cheap; a cancelled timer is dropped when its time comes. */
public final class Timer implements Comparable<Timer> {

    final long at;
    private final long order;
    private final Runnable action;
    private boolean cancelled;

    Timer(long at, long order, Runnable action) {
        this.at = at;
        this.order = order;
        this.action = action;
    }

    public void cancel() {
        cancelled = true;
    }

    void run() {
        if (!cancelled) {
            cancelled = true;
            action.run();
        }
    }

    @Override
    public int compareTo(Timer other) {
        int byTime = Long.compare(at - other.at, 0);
        return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
}
