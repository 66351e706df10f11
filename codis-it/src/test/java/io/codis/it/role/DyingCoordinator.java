package io.codis.it.role;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.MemoryCoordinator;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The connection of a dashboard that is killed at one of its commits: what it does then does not happen any more. */
final class DyingCoordinator implements Coordinator {

    /** Stands for SIGKILL: nobody catches it. */
    static final class Killed extends Error {
        Killed() {
            super("killed", null, false, false);
        }
    }

    private static final String TOPOLOGY = "/cluster";

    private final MemoryCoordinator store;
    private final CountDownLatch dead = new CountDownLatch(1);
    private int commitsLeft = Integer.MAX_VALUE;
    private boolean stored;

    DyingCoordinator(MemoryCoordinator store) {
        this.store = store;
    }

    /** At the n-th commit from now on, after it is stored or just before that. */
    synchronized void dieAt(int commit, boolean afterwards) {
        commitsLeft = commit;
        stored = afterwards;
    }

    boolean awaitDeath(Duration atMost) throws InterruptedException {
        return dead.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized long update(String path, byte[] data, long expectedVersion) {
        checkAlive();
        if (!path.endsWith(TOPOLOGY)) {
            return store.update(path, data, expectedVersion);
        }
        boolean last = --commitsLeft == 0;
        long version = last && !stored ? 0 : store.update(path, data, expectedVersion);
        if (last) {
            dead.countDown();
            throw new Killed();
        }
        return version;
    }

    @Override
    public long create(String path, byte[] data) {
        checkAlive();
        return store.create(path, data);
    }

    @Override
    public Optional<Node> read(String path) {
        checkAlive();
        return store.read(path);
    }

    @Override
    public void put(String path, byte[] data) {
        checkAlive();
        store.put(path, data);
    }

    @Override
    public boolean delete(String path, long expectedVersion) {
        checkAlive();
        return store.delete(path, expectedVersion);
    }

    @Override
    public List<String> children(String path) {
        checkAlive();
        return store.children(path);
    }

    @Override
    public boolean awaitChange(String path, long knownVersion, Duration timeout) {
        checkAlive();
        return store.awaitChange(path, knownVersion, timeout);
    }

    @Override
    public Optional<Lease> tryLead(String name) {
        return store.tryLead(name);
    }

    @Override
    public void close() {
        store.close();
    }

    private void checkAlive() {
        if (dead.getCount() == 0) {
            throw new CodisException(Reason.UNAVAILABLE, "this dashboard was killed");
        }
    }
}
