package io.codis.infra.coordinator.remote;

import io.codis.infra.coordinator.Coordinator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The leases that one client of a store has taken. */
public final class HeldLeases implements AutoCloseable {

    private final List<RenewedLease> all = new CopyOnWriteArrayList<>();

    /**
     * Before the lease is asked for: what this client has lost of it may still stand in the store, in ZooKeeper as long as the
     * session lives, and keep everybody away, this client too.
     *
     * @throws io.codis.core.problem.CodisException when the store does not answer
     */
    public void giveBackLost(String name) {
        for (RenewedLease lease : all) {
            if (lease.name().equals(name) && !lease.held()) {
                lease.giveBack();
                all.remove(lease);
            }
        }
    }

    /** From now on it ends with the client. */
    public Optional<Coordinator.Lease> keep(Optional<RenewedLease> taken) {
        taken.ifPresent(all::add);
        return taken.map(lease -> lease);
    }

    @Override
    public void close() {
        all.forEach(RenewedLease::close);
    }
}
