package io.codis.infra.coordinator.remote;

import io.codis.core.problem.CodisException;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.process.BootClock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease in a store over a network, renewed by a thread of its own while it is held.
 *
 * <p>The store gives it to somebody else when it has not heard a renewal for the lease's length. A renewal counts here
 * from the moment when it was asked for, by a clock that counts suspended time, and {@link #MARGIN} of the length is
 * kept back; so this side stops believing first, whatever the network, the store or the machine does. Clocks of
 * different machines are never compared.
 */
public final class RenewedLease implements Coordinator.Lease {

    /** Of the length: for clocks of different speed, and for stores that learn late what one of their servers heard. */
    private static final double MARGIN = 0.15;

    private static final Logger LOG = LoggerFactory.getLogger(RenewedLease.class);

    /** How a store renews. */
    public interface Store {

        /**
         * Renews once, within the length of the lease at most.
         *
         * @return false when the lease belongs to somebody else or is gone, so that it can never be renewed again
         * @throws CodisException when the store did not say
         */
        boolean renew();

        /** Gives the lease back, so that nobody has to wait for its end; nothing happens when it is somebody else's by now. */
        void release();
    }

    private final BootClock clock = new BootClock();
    private final String name;
    private final Duration length;
    private final Store store;
    private final Thread renewal;
    private long confirmed;
    private boolean ended;
    private volatile boolean released;
    /** The last renewal; of the renewing thread only. */
    private boolean unanswered;

    private String loss = "";

    private RenewedLease(String name, Duration length, long asked, Store store) {
        this.name = name;
        this.length = length;
        this.confirmed = asked;
        this.store = store;
        this.renewal = Thread.ofVirtual().name("lease-" + name).unstarted(this::renewLoop);
    }

    /** How a lease is taken: true when this process has it now. */
    public interface Attempt {
        boolean take();
    }

    /**
     * Takes the lease and renews it from then on.
     *
     * @param length how long the store keeps it without a renewal
     * @return empty when the attempt says so
     */
    public static Optional<RenewedLease> take(String name, Duration length, Attempt attempt, Store store) {
        long asked = new BootClock().millis();
        if (!attempt.take()) {
            return Optional.empty();
        }
        var lease = new RenewedLease(name, length, asked, store);
        lease.renewal.start();
        return Optional.of(lease);
    }

    /** How often a lease of that length is renewed. */
    public static Duration renewedEvery(Duration length) {
        return length.dividedBy(4);
    }

    @Override
    public synchronized boolean held() {
        long silent = clock.millis() - confirmed;
        if (!ended && silent >= Math.round(length.toMillis() * (1 - MARGIN))) {
            end("the lease was lost, " + Math.round(silent / 100.0) / 10.0 + " s without an answer of the coordinator");
        }
        return !ended;
    }

    @Override
    public synchronized String loss() {
        return loss;
    }

    @Override
    public void close() {
        if (!held()) {
            return;
        }
        end("the lease was given back");
        try {
            giveBack();
        } catch (CodisException e) {
            LOG.info("event=lease-not-released name={} cause={}", name, e.getMessage());
        }
    }

    /** The name that it was taken under. */
    String name() {
        return name;
    }

    /** Ends in the store, too, what has ended here, unless that was done. */
    void giveBack() {
        if (released) {
            return;
        }
        renewal.interrupt();
        try {
            renewal.join();
            store.release();
            released = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void end(String why) {
        if (!ended) {
            ended = true;
            loss = why;
        }
    }

    private synchronized void confirm(long asked) {
        confirmed = asked;
    }

    private void renewLoop() {
        Duration pause = renewedEvery(length);
        // one answer that is late must not cost the lease
        Duration again = length.dividedBy(16);
        try {
            while (true) {
                Thread.sleep(unanswered ? again : pause);
                if (!held() || !renewOnce()) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private boolean renewOnce() {
        long asked = clock.millis();
        try {
            unanswered = false;
            if (store.renew()) {
                confirm(asked);
                return true;
            }
            end("the lease was taken away");
            return false;
        } catch (CodisException e) {
            unanswered = true;
            if (!Thread.currentThread().isInterrupted()) {
                LOG.warn(
                        "event=lease-not-renewed name={} reason={} cause={}",
                        name,
                        e.reason().word(),
                        e.getMessage());
            }
            return true;
        }
    }
}
