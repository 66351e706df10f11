package io.codis.infra.coordinator.zookeeper;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.remote.HeldLeases;
import io.codis.infra.coordinator.remote.RenewedLease;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.BadVersionException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;

/**
 * The coordinator in ZooKeeper: every object is a persistent node of the same path, as in Codis 3.2, the lease an ephemeral node
 * below {@code /codis3-leases}.
 *
 * <p>The version of an object is the transaction that changed it last ({@code mzxid}), which no other state ever has. ZooKeeper
 * itself compares a node's count of changes, which is looked up just before; only a node deleted, made again and changed as
 * often as before within that moment would be taken for the old one.
 */
public final class ZooKeeperCoordinator implements Coordinator {

    private static final String LEASES = "/codis3-leases";

    /** The leader of an ensemble learns from its followers every half tick whom they heard. */
    private static final Duration RELAYED = Duration.ofSeconds(1);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private final Access access;
    private final Session session;
    private final HeldLeases leases = new HeldLeases();

    private ZooKeeperCoordinator(String address, String login) {
        this.access = Access.of(login);
        this.session = new Session(address, login, access);
    }

    /**
     * A client of an ensemble; it need not be reachable yet.
     *
     * @param address {@code HOST:PORT,HOST:PORT} and, behind all, the path to live below, such as {@code /databases}
     * @param login {@code user:password} of digest authentication, or empty
     */
    public static ZooKeeperCoordinator open(String address, String login) {
        return new ZooKeeperCoordinator(address, login);
    }

    @Override
    public long create(String path, byte[] data) {
        return session.write(path, zk -> {
            try {
                return made(zk, path, data, CreateMode.PERSISTENT).getMzxid();
            } catch (NodeExistsException e) {
                throw new CodisException(Reason.ALREADY_EXISTS, path + " exists", e);
            }
        });
    }

    @Override
    public Optional<Node> read(String path) {
        return session.read(path, zk -> {
            var stat = new Stat();
            byte[] data = zk.getData().storingStatIn(stat).forPath(path);
            boolean directory = data.length == 0 && stat.getNumChildren() > 0;
            return directory ? Optional.empty() : Optional.of(new Node(data, stat.getMzxid()));
        });
    }

    @Override
    public long update(String path, byte[] data, long expectedVersion) {
        int count = changes(path, expectedVersion)
                .orElseThrow(() -> new CodisException(Reason.NOT_FOUND, path + " does not exist"));
        return session.write(path, zk -> {
            try {
                return zk.setData().withVersion(count).forPath(path, data).getMzxid();
            } catch (BadVersionException e) {
                throw stale(path, expectedVersion);
            } catch (NoNodeException e) {
                throw new CodisException(Reason.NOT_FOUND, path + " does not exist", e);
            }
        });
    }

    @Override
    public void put(String path, byte[] data) {
        session.write(path, zk -> {
            try {
                return zk.setData().forPath(path, data);
            } catch (NoNodeException e) {
                return replaced(zk, path, data);
            }
        });
    }

    @Override
    public boolean delete(String path, long expectedVersion) {
        Optional<Integer> count = changes(path, expectedVersion);
        return count.isPresent()
                && session.write(path, zk -> {
                    try {
                        zk.delete().withVersion(count.get()).forPath(path);
                        return true;
                    } catch (BadVersionException e) {
                        throw stale(path, expectedVersion);
                    } catch (NoNodeException e) {
                        return false;
                    }
                });
    }

    @Override
    public List<String> children(String path) {
        return session.read(
                        path,
                        zk -> Optional.of(
                                zk.getChildren().forPath(path).stream().sorted().toList()))
                .orElse(List.of());
    }

    @Override
    public boolean awaitChange(String path, long knownVersion, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            long seen = session.events();
            Optional<Stat> stat = session.read(
                    path,
                    zk -> Optional.ofNullable(
                            zk.checkExists().usingWatcher(session).forPath(path)));
            if (stat.map(Stat::getMzxid).orElse(0L) != knownVersion) {
                return true;
            }
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!left.isPositive() || !session.awaitEvent(seen, left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN)) {
                return false;
            }
        }
    }

    @Override
    public Optional<Lease> tryLead(String name) {
        Coordinator.checkPath(name);
        leases.giveBackLost(name);
        var hold = new Hold(LEASES + name);
        Duration length = session.timeout().minus(RELAYED);
        return leases.keep(RenewedLease.take(name, length, hold::take, hold));
    }

    @Override
    public void close() {
        leases.close();
        session.close();
    }

    /** The count of changes that belongs to {@code expected}; empty if there is no such node. */
    private Optional<Integer> changes(String path, long expected) {
        Optional<Stat> stat =
                session.read(path, zk -> Optional.ofNullable(zk.checkExists().forPath(path)));
        if (stat.isPresent() && expected != ANY_VERSION && stat.get().getMzxid() != expected) {
            throw stale(path, expected);
        }
        return stat.map(now -> expected == ANY_VERSION ? -1 : now.getVersion());
    }

    private Stat replaced(CuratorFramework zk, String path, byte[] data) throws Exception {
        try {
            return made(zk, path, data, CreateMode.PERSISTENT);
        } catch (NodeExistsException e) {
            return zk.setData().forPath(path, data);
        }
    }

    private Stat made(CuratorFramework zk, String path, byte[] data, CreateMode mode) throws Exception {
        var stat = new Stat();
        zk.create()
                .storingStatIn(stat)
                .creatingParentsIfNeeded()
                .withMode(mode)
                .withACL(access.ofData(), false)
                .forPath(path, data);
        return stat;
    }

    private static CodisException stale(String path, long expected) {
        return new CodisException(Reason.STALE_VERSION, path + " has another version than the expected " + expected);
    }

    /** An ephemeral node, and the session that it ends with. */
    private final class Hold implements RenewedLease.Store {

        private final String path;
        private long owner;
        private long made;

        Hold(String path) {
            this.path = path;
        }

        boolean take() {
            if (stat().isPresent()) {
                return false;
            }
            byte[] forPeople = ("pid " + ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
            return session.write(path, zk -> {
                try {
                    Stat stat = made(zk, path, forPeople, CreateMode.EPHEMERAL);
                    owner = stat.getEphemeralOwner();
                    made = stat.getCzxid();
                    return true;
                } catch (NodeExistsException e) {
                    return false;
                }
            });
        }

        @Override
        public boolean renew() {
            return stat().filter(now -> now.getEphemeralOwner() == owner && now.getCzxid() == made)
                    .isPresent();
        }

        @Override
        public void release() {
            if (renew()) {
                session.write(path, zk -> zk.delete().forPath(path));
            }
        }

        private Optional<Stat> stat() {
            return session.read(path, zk -> Optional.ofNullable(zk.checkExists().forPath(path)));
        }
    }
}
