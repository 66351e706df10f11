package io.codis.infra.coordinator;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** For tests and trials: clients of one {@link Store} inside one process. Nothing survives. */
public final class MemoryCoordinator implements Coordinator {

    /** What several clients share. */
    public static final class Store {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final TreeMap<String, Node> nodes = new TreeMap<>();
        private final Map<String, MemoryLease> leases = new HashMap<>();
        private long lastVersion;
    }

    private final Store store;
    private volatile boolean closed;

    public MemoryCoordinator(Store store) {
        this.store = store;
    }

    @Override
    public long create(String path, byte[] data) {
        return locked(path, () -> {
            if (store.nodes.containsKey(path)) {
                throw new CodisException(Reason.ALREADY_EXISTS, path + " exists");
            }
            return write(path, data);
        });
    }

    @Override
    public Optional<Node> read(String path) {
        return locked(
                path,
                () -> Optional.ofNullable(store.nodes.get(path))
                        .map(node -> new Node(node.data().clone(), node.version())));
    }

    @Override
    public long update(String path, byte[] data, long expectedVersion) {
        return locked(path, () -> {
            Node now = store.nodes.get(path);
            if (now == null) {
                throw new CodisException(Reason.NOT_FOUND, path + " does not exist");
            }
            checkVersion(path, expectedVersion, now.version());
            return write(path, data);
        });
    }

    @Override
    public void put(String path, byte[] data) {
        locked(path, () -> write(path, data));
    }

    @Override
    public boolean delete(String path, long expectedVersion) {
        return locked(path, () -> {
            Node now = store.nodes.get(path);
            if (now == null) {
                return false;
            }
            checkVersion(path, expectedVersion, now.version());
            store.nodes.remove(path);
            store.changed.signalAll();
            return true;
        });
    }

    @Override
    public List<String> children(String path) {
        return locked(path, () -> {
            var names = new TreeSet<String>();
            String prefix = path + "/";
            for (String each : store.nodes.tailMap(prefix).keySet()) {
                if (!each.startsWith(prefix)) {
                    break;
                }
                String rest = each.substring(prefix.length());
                int slash = rest.indexOf('/');
                names.add(slash < 0 ? rest : rest.substring(0, slash));
            }
            return List.copyOf(names);
        });
    }

    @Override
    public boolean awaitChange(String path, long knownVersion, Duration timeout) {
        return locked(path, () -> {
            long left = timeout.toNanos();
            while (versionOf(path) == knownVersion) {
                if (left <= 0 || closed) {
                    return false;
                }
                try {
                    left = store.changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return true;
        });
    }

    @Override
    public Optional<Lease> tryLead(String name) {
        return locked(name, () -> {
            if (store.leases.containsKey(name)) {
                return Optional.empty();
            }
            var lease = new MemoryLease(this, name);
            store.leases.put(name, lease);
            return Optional.of(lease);
        });
    }

    /** Takes {@code name} away from whoever holds it, as a lost session does. */
    public void expire(String name) {
        locked(name, () -> store.leases.remove(name));
    }

    @Override
    public void close() {
        closed = true;
        store.lock.lock();
        try {
            store.leases.values().removeIf(lease -> lease.owner == this);
            store.changed.signalAll();
        } finally {
            store.lock.unlock();
        }
    }

    private long write(String path, byte[] data) {
        store.nodes.put(path, new Node(data.clone(), ++store.lastVersion));
        store.changed.signalAll();
        return store.lastVersion;
    }

    private long versionOf(String path) {
        Node node = store.nodes.get(path);
        return node == null ? 0 : node.version();
    }

    private static void checkVersion(String path, long expected, long actual) {
        if (expected != ANY_VERSION && expected != actual) {
            throw new CodisException(
                    Reason.STALE_VERSION, path + " has version " + actual + ", expected was " + expected);
        }
    }

    private <T> T locked(String path, Supplier<T> action) {
        Coordinator.checkPath(path);
        try {
            if (!store.lock.tryLock(10, TimeUnit.SECONDS)) {
                throw new CodisException(Reason.TIMED_OUT, path + ": the store is held by another client");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, path + ": interrupted", e);
        }
        try {
            if (closed) {
                throw new CodisException(Reason.UNAVAILABLE, path + ": this client of the coordinator is closed");
            }
            return action.get();
        } finally {
            store.lock.unlock();
        }
    }

    private static final class MemoryLease implements Lease {

        private final MemoryCoordinator owner;
        private final String name;

        MemoryLease(MemoryCoordinator owner, String name) {
            this.owner = owner;
            this.name = name;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // a later lease of the same name is another one
        public boolean held() {
            owner.store.lock.lock();
            try {
                return owner.store.leases.get(name) == this;
            } finally {
                owner.store.lock.unlock();
            }
        }

        @Override
        public void close() {
            owner.store.lock.lock();
            try {
                owner.store.leases.remove(name, this);
            } finally {
                owner.store.lock.unlock();
            }
        }
    }
}
