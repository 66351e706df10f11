package io.codis.dashboard.role;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.replication.EngineInfo;
import io.codis.core.replication.ReplicationInfo;
import io.codis.dashboard.server.EngineAccess;
import io.codis.dashboard.server.LauncherClient;
import io.codis.infra.redis.Acknowledgement;
import io.codis.infra.redis.InfoText;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the loops ask of engines themselves, past their launchers. */
final class DirectAccess {

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration STEP = Duration.ofMillis(2);
    private static final String NOWHERE = "255.255.255.255";

    private final EngineAccess engines;

    DirectAccess(EngineAccess engines) {
        this.engines = engines;
    }

    RedisConnection open(String server) {
        return engines.open(server, LOOK);
    }

    /** It answers this dashboard as a master. */
    boolean answers(String server) {
        try (var engine = open(server)) {
            return info(engine).replication() instanceof ReplicationInfo.Master;
        } catch (CodisException e) {
            return false;
        }
    }

    /**
     * Neither engine nor launcher exists on this machine: its own kernel refuses both connections. From another machine a
     * refusal proves nothing, since the address may be another's by now, or a filter's word.
     */
    static boolean provenStopped(String server) {
        String launcher = LauncherClient.launcherAddress(server);
        return isLoopback(server) && refuses(server) && refuses(launcher);
    }

    private static boolean isLoopback(String server) {
        try {
            String host = server.substring(0, server.lastIndexOf(':'));
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean refuses(String address) {
        int colon = address.lastIndexOf(':');
        int port = Integer.parseInt(address.substring(colon + 1));
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.substring(0, colon), port), (int) LOOK.toMillis());
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static EngineInfo info(RedisConnection engine) {
        return EngineInfo.parse(Replies.text(engine.call("INFO")));
    }

    /**
     * Fences an engine whose launcher does not answer: it follows nobody, answers nothing, and nobody but launcher and
     * control plane may log in, whatever role it is given later by an order that is still on its way.
     *
     * @return its offset then
     */
    long fence(String server) {
        try (var engine = open(server)) {
            engine.call("REPLICAOF", NOWHERE, 1);
            List<String> others = new ArrayList<>();
            for (Object user : Replies.list(engine.call("ACL", "USERS"))) {
                String name = Replies.text(user);
                if (name.startsWith("proxy-") || name.startsWith("mig-")) {
                    others.add(name);
                }
            }
            if (!others.isEmpty()) {
                engine.call("ACL", "DELUSER", others);
            }
            EngineInfo now = info(engine);
            if (!(now.replication() instanceof ReplicationInfo.Replica replica
                    && replica.master().startsWith(NOWHERE))) {
                throw new CodisException(Reason.NOT_READY, "engine " + server + " did not become a replica of nowhere");
            }
            return now.replication().offset();
        }
    }

    /** This run of a master writes every command to an append-only file, in time, and has none of it queued now. */
    boolean nothingToWrite(String server, String run) {
        try (var engine = open(server)) {
            Map<String, String> info = InfoText.fields(Replies.text(engine.call("INFO")));
            List<?> policy = Replies.list(engine.call("CONFIG", "GET", "appendfsync"));
            return run.equals(info.get("run_id"))
                    && "1".equals(info.get("aof_enabled"))
                    && "ok".equals(info.get("aof_last_write_status"))
                    && "0".equals(info.get("aof_pending_bio_fsync"))
                    && policy.size() == 2
                    && !Replies.text(policy.getLast()).equals("no");
        } catch (CodisException e) {
            return false;
        }
    }

    /** Waits until the replica behind {@code engine} has {@code offset} of the history {@code replid}. */
    static void awaitOffset(RedisConnection engine, String replid, long offset, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            ReplicationInfo now = ReplicationInfo.parse(Replies.text(engine.call("INFO", "replication")));
            if (now.replid().equals(replid) && now.offset() >= offset) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new CodisException(
                        Reason.TIMED_OUT,
                        "%s is at offset %d of %s, its master at %d of %s"
                                .formatted(engine.address(), now.offset(), now.replid(), offset, replid));
            }
            pause();
        }
    }

    /** Whether the replica has everything that the master had when it was asked. */
    boolean caughtUp(String master, String replica, Duration atMost) {
        try (var engine = open(master)) {
            Acknowledgement.await(engine, List.of(replica), atMost);
            return true;
        } catch (CodisException e) {
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(STEP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted", e);
        }
    }
}
