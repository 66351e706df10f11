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

        /** Gives the lease back, so that nobody has to wait for its end. */
        void release();
    }

    private final BootClock clock = new BootClock();
    private final String name;
    private final Duration length;
    private final Store store;
    private final Thread renewal;
    private long confirmed;
    private boolean ended;

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

    @Override
    public synchronized boolean held() {
        long usable = Math.round(length.toMillis() * (1 - MARGIN));
        ended |= clock.millis() - confirmed >= usable;
        return !ended;
    }

    @Override
    public void close() {
        if (!end()) {
            return;
        }
        renewal.interrupt();
        try {
            renewal.join();
            store.release();
        } catch (CodisException e) {
            LOG.info("event=lease-not-released name={} cause={}", name, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it was held until now. */
    private synchronized boolean end() {
        boolean was = held();
        ended = true;
        return was;
    }

    private synchronized void confirm(long asked) {
        confirmed = asked;
    }

    private void renewLoop() {
        Duration pause = length.dividedBy(4);
        try {
            while (true) {
                Thread.sleep(pause);
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
            if (store.renew()) {
                confirm(asked);
                return true;
            }
            LOG.warn("event=lease-lost name={}", name);
            end();
            return false;
        } catch (CodisException e) {
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
