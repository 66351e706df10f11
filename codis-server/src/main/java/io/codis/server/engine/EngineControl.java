package io.codis.server.engine;

import io.codis.core.problem.CodisException;
import io.codis.core.wire.Credentials;
import io.codis.infra.redis.Command;
import io.codis.infra.redis.EngineError;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The launcher's orders to its engine, each over a connection of its own, so that an order never waits behind one that
 * was not answered.
 */
public final class EngineControl {

    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final Pattern CONTROL_USER = Pattern.compile("ctl-(\\d+)");

    private final String address;
    private final Credentials launcher;

    public EngineControl(String address, Credentials launcher) {
        this.address = address;
        this.launcher = launcher;
    }

    /** A logged-in connection whose calls end within {@code timeout} each. */
    public RedisConnection connect(Duration timeout) {
        return RedisConnection.connect(address, timeout, launcher);
    }

    /** What the engine says of itself right now. */
    public EngineReport report(RedisConnection connection, long run) {
        return EngineReport.parse(run, info(connection));
    }

    private String info(RedisConnection connection) {
        var sections = List.of("server", "replication", "persistence", "keyspace");
        var commands =
                sections.stream().map(section -> Command.of("INFO", section)).toList();
        var text = new StringBuilder();
        for (Object reply : connection.callAll(commands)) {
            if (reply instanceof EngineError error) {
                throw error.asException(address, "INFO");
            }
            text.append(Replies.text(reply));
        }
        return text.toString();
    }

    /** Whether the engine is a replica of nowhere now; false when it does not say so in time. */
    public boolean fence(long run) {
        try (var connection = connect(PATIENCE)) {
            // an engine that loads refuses, but may be fenced since its start; what it is now counts
            connection.tryCall("REPLICAOF", Fence.HOST, Fence.PORT);
            return report(connection, run).fenced();
        } catch (CodisException e) {
            return false;
        }
    }

    /** Lets the group's replicas in and takes writes from whoever has a login. */
    public EngineReport becomeMaster(Credentials replication, long run) {
        try (var connection = connect(PATIENCE)) {
            connection.call("ACL", "SETUSER", Acl.replication(replication));
            connection.call("REPLICAOF", "NO", "ONE");
            return report(connection, run);
        }
    }

    /** Follows {@code host:port} by the group's login. */
    public EngineReport replicate(String master, Credentials replication, long run) {
        int colon = master.lastIndexOf(':');
        try (var connection = connect(PATIENCE)) {
            connection.call("CONFIG", "SET", "masteruser", replication.user());
            connection.call("CONFIG", "SET", "masterauth", replication.password());
            connection.call("REPLICAOF", master.substring(0, colon), master.substring(colon + 1));
            return report(connection, run);
        }
    }

    /** Only the leading dashboard of this epoch, and none before it, may log in from now on. */
    public void admit(Credentials dashboard, long epoch) {
        try (var connection = connect(PATIENCE)) {
            var earlier = new ArrayList<String>();
            for (Object user : Replies.list(connection.call("ACL", "USERS"))) {
                var name = CONTROL_USER.matcher(Replies.text(user));
                if (name.matches() && Long.parseLong(name.group(1)) < epoch) {
                    earlier.add(name.group());
                }
            }
            if (!earlier.isEmpty()) {
                connection.call("ACL", "DELUSER", earlier);
            }
            connection.call("ACL", "SETUSER", Acl.everything(dashboard));
        }
    }

    /** Waits until every attached replica has all that this engine has, or {@code patience} is over. */
    public void drain(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try (var connection = connect(PATIENCE)) {
            while (System.nanoTime() < deadline) {
                String info = Replies.text(connection.call("INFO", "replication"));
                if (EngineReport.replicasHaveAll(info)) {
                    return;
                }
                Thread.sleep(20);
            }
        } catch (CodisException e) {
            // an engine that does not answer gives nothing more to anybody
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the fenced engine has given each write of this run to its append-only file, within {@code patience}. */
    public boolean hasWritten(String runId, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try (var connection = connect(PATIENCE)) {
            do {
                if (EngineReport.hasWritten(info(connection), runId)) {
                    return true;
                }
                Thread.sleep(20);
            } while (System.nanoTime() < deadline);
        } catch (CodisException e) {
            // what an engine does not say is not so
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** Asks the engine to end by itself, saving what its settings say; the answer is its end. */
    public void shutdown(Duration deadline) {
        try (var connection = connect(PATIENCE)) {
            connection.callWithin(deadline, "SHUTDOWN");
        } catch (CodisException e) {
            // the connection ends with the engine; whether it has ended is seen at the process
        }
    }
}
