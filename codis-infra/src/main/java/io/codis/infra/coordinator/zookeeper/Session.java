package io.codis.infra.coordinator.zookeeper;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.regex.Pattern;
import org.apache.curator.CuratorConnectionLossException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.CuratorWatcher;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.AuthFailedException;
import org.apache.zookeeper.KeeperException.NoAuthException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NotEmptyException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to an ensemble, which is made again by itself, with another session if need be, and what its errors mean.
 *
 * <p>Nothing is sent twice: an operation whose answer was lost may have happened.
 */
final class Session implements CuratorWatcher, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    /** The shortest that a server with the usual tick of two seconds grants. */
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    private static final Duration CONNECT = Duration.ofSeconds(4);

    private static final String MEMBER = "(\\[[0-9a-fA-F:]+]|[^\\s,/:]+)(:\\d{1,5})?";
    private static final Pattern ADDRESS = Pattern.compile(MEMBER + "(," + MEMBER + ")*(/[^/\\s]+)*");

    /** They write a stack trace for each attempt to connect; what matters is said here. Held, or it would be collected. */
    private static final java.util.logging.Logger[] NOISY = {
        java.util.logging.Logger.getLogger("org.apache.zookeeper"),
        java.util.logging.Logger.getLogger("org.apache.curator")
    };

    private final String address;
    private final CuratorFramework zk;
    private long events;
    private volatile boolean closed;

    Session(String address, String login, Access access) {
        if (!ADDRESS.matcher(address).matches()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "coordinator_addr = \"" + address + "\": not servers of ZooKeeper; write HOST:PORT,HOST:PORT or"
                            + " HOST:PORT,HOST:PORT/PATH");
        }
        this.address = address;
        for (var logger : NOISY) {
            logger.setLevel(Level.OFF);
        }
        int slash = address.indexOf('/');
        var config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        var builder = CuratorFrameworkFactory.builder()
                .connectString(slash < 0 ? address : address.substring(0, slash))
                .namespace(slash < 0 ? null : address.substring(slash + 1))
                .sessionTimeoutMs((int) TIMEOUT.toMillis())
                .connectionTimeoutMs((int) CONNECT.toMillis())
                .retryPolicy((_, _, _) -> false)
                .aclProvider(access)
                .zkClientConfig(config);
        if (!login.isEmpty()) {
            builder.authorization("digest", login.getBytes(StandardCharsets.UTF_8));
        }
        zk = builder.build();
        zk.getConnectionStateListenable().addListener((_, state) -> heard(state));
        zk.start();
    }

    /** An operation of Curator. */
    interface Operation<T> {
        T run(CuratorFramework zk) throws Exception;
    }

    /** Runs what changes nothing, after everything that the ensemble has agreed upon; empty if there is no such node. */
    <T> Optional<T> read(String path, Operation<Optional<T>> operation) {
        checkConnected(path);
        try {
            // answered in order, so that what follows sees at least what the leader knew
            zk.getZookeeperClient().getZooKeeper().sync("/", (_, _, _) -> {}, null);
            return operation.run(zk);
        } catch (NoNodeException e) {
            return Optional.empty();
        } catch (Exception e) {
            throw problem(path, e, Reason.UNAVAILABLE);
        }
    }

    /** Runs a change. */
    <T> T write(String path, Operation<T> operation) {
        checkConnected(path);
        try {
            return operation.run(zk);
        } catch (Exception e) {
            throw problem(path, e, Reason.OUTCOME_UNKNOWN);
        }
    }

    /** What the ensemble has granted. */
    Duration timeout() {
        checkConnected("/codis3");
        try {
            return Duration.ofMillis(zk.getZookeeperClient().getZooKeeper().getSessionTimeout());
        } catch (Exception e) {
            throw problem("/codis3", e, Reason.UNAVAILABLE);
        }
    }

    synchronized long events() {
        return events;
    }

    /** @return false when {@code atMost} has passed at a closed session, or the thread is interrupted */
    synchronized boolean awaitEvent(long seen, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            for (long left = atMost.toMillis();
                    events == seen && left > 0;
                    left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A watch has fired, or the connection is another one. */
    @Override
    public synchronized void process(WatchedEvent event) {
        events++;
        notifyAll();
    }

    @Override
    public void close() {
        closed = true;
        zk.close();
        synchronized (this) {
            events++;
            notifyAll();
        }
    }

    private void heard(ConnectionState state) {
        if (!closed && state != ConnectionState.CONNECTED) {
            LOG.warn("event=coordinator-connection state={} addr={}", state, address);
        }
    }

    private void checkConnected(String path) {
        Coordinator.checkPath(path);
        try {
            if (!closed && zk.blockUntilConnected((int) CONNECT.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new CodisException(
                Reason.UNAVAILABLE,
                path + ": "
                        + (closed
                                ? "this client of the coordinator is closed"
                                : "no answer from ZooKeeper " + address));
    }

    private CodisException problem(String path, Exception e, Reason lost) {
        String where = "ZooKeeper " + address + ", " + path + ": ";
        return switch (e) {
            case CodisException own -> own;
            case CuratorConnectionLossException never ->
                new CodisException(Reason.UNAVAILABLE, where + "not connected", never);
            case NoAuthException _, AuthFailedException _ ->
                new CodisException(Reason.UNAUTHORIZED, where + "not allowed; check coordinator_auth", e);
            case NotEmptyException _ -> new CodisException(Reason.BUSY, where + "has nodes below it", e);
            case KeeperException lostAnswer -> new CodisException(lost, where + lostAnswer.getMessage(), e);
            case InterruptedException _ -> {
                Thread.currentThread().interrupt();
                yield new CodisException(lost, where + "interrupted", e);
            }
            case IllegalStateException _
            when closed ->
                new CodisException(Reason.UNAVAILABLE, where + "this client of the coordinator is closed", e);
            default -> new CodisException(lost, where + e, e);
        };
    }
}
