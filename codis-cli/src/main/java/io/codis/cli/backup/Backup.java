package io.codis.cli.backup;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.replication.InfoFields;
import io.codis.core.replication.ReplicationInfo;
import io.codis.core.wire.Credentials;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.Deadline;
import io.codis.infra.json.Json;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import io.codis.infra.secret.ClusterSecret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes one backup of a running cluster. */
public final class Backup {

    private static final String USER = "backup";
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** A replica in sync is behind by less than a second; one that is not in sync is not waited for. */
    private static final Duration REPLICA = Duration.ofSeconds(10);

    private final DashboardApi dashboard;
    private final Credentials login;
    private final Path engine;
    private final Consumer<String> progress;

    /**
     * @param engine whose check the snapshots have to pass
     * @param progress told what goes on, a line each
     */
    public Backup(DashboardApi dashboard, ClusterSecret secret, Path engine, Consumer<String> progress) {
        this.dashboard = dashboard;
        this.login = new Credentials(USER, secret.derive(USER));
        this.engine = engine;
        this.progress = progress;
    }

    /**
     * @param to below it a directory for the product
     * @param patience for slots that move to arrive
     * @param most how many backups to keep, 0 for all
     * @param oldest how long to keep them, zero for ever; the newest is always kept
     */
    public record Order(Path to, String product, Duration patience, int most, Duration oldest) {}

    /**
     * What has been made.
     *
     * @param path its directory
     * @param removed names of older ones that are gone now
     */
    public record Made(String path, Manifest manifest, List<String> removed) {}

    /** @throws CodisException when there is no new backup, or an older one cannot be removed; those of before are there then */
    public Made make(Order order) throws InterruptedException {
        try (var directory = BackupDirectory.open(order.to(), order.product())) {
            Instant begun = now();
            Path unfinished = directory.begin(begun);
            Manifest manifest;
            Path done;
            try {
                manifest = fill(unfinished, begun, order);
                done = directory.finish(unfinished, Json.pretty(manifest).getBytes(StandardCharsets.UTF_8));
            } catch (CodisException | InterruptedException e) {
                BackupDirectory.delete(unfinished);
                throw e;
            }
            return new Made(
                    done.toString(),
                    manifest,
                    directory.removeOld(order.most(), order.oldest(), Instant.now(), manifest.cluster()));
        }
    }

    private Manifest fill(Path directory, Instant begun, Order order) throws InterruptedException {
        try (var held = HeldMoves.begin(dashboard, USER, order.patience(), progress)) {
            int[] owners = view().owners();
            List<Manifest.Snapshot> snapshots = snapshots(directory, owners);
            held.requireUnbroken();
            if (!Arrays.equals(owners, view().owners())) {
                throw new CodisException(
                        Reason.STALE_VERSION, "slots got other groups meanwhile; make the backup again");
            }
            return new Manifest(
                    Manifest.FORMAT,
                    order.product(),
                    dashboard.clusterId(),
                    begun.toString(),
                    now().toString(),
                    snapshots,
                    Manifest.ranges(owners));
        }
    }

    /** As precise as names and manifests are. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    private List<Manifest.Snapshot> snapshots(Path directory, int[] owners) throws InterruptedException {
        int[] groups = Arrays.stream(owners)
                .filter(group -> group != 0)
                .distinct()
                .sorted()
                .toArray();
        if (groups.length == 0) {
            throw new CodisException(Reason.NOT_READY, "no group owns slots; there is nothing to back up");
        }
        var snapshots = new ArrayList<Manifest.Snapshot>();
        for (int group : groups) {
            snapshots.add(snapshot(directory, group));
        }
        return snapshots;
    }

    private Manifest.Snapshot snapshot(Path directory, int id) throws InterruptedException {
        DashboardView.Group group =
                view().group(id).orElseThrow(() -> new CodisException(Reason.NOT_FOUND, "group " + id + " is gone"));
        String master = group.master().orElseThrow().address();
        InfoFields info = info(master);
        if (!(ReplicationInfo.of(info) instanceof ReplicationInfo.Master now)) {
            throw new CodisException(
                    Reason.NOT_READY, "group " + id + ": " + master + " is not master at the moment; try again");
        }
        Optional<String> replica = replicaThatHas(group, now);
        if (replica.isEmpty()) {
            progress.accept("group " + id + ": no replica is in sync, the snapshot is taken from the master");
        }
        String server = replica.orElse(master);
        String name = "group-" + id + ".rdb";
        Path file = directory.resolve(name);
        try (var stream = SnapshotStream.open(server, login)) {
            SnapshotStream.Written written = stream.write(file);
            long keys = SnapshotCheck.keys(engine, file);
            progress.accept("group " + id + ": " + keys + " keys, " + (written.bytes() >> 10) + " KiB from " + server);
            return new Manifest.Snapshot(
                    id, name, server, replica.isPresent(), engineOf(info), written.bytes(), written.sha256(), keys);
        }
    }

    /** The first that has got all that the master had. */
    private Optional<String> replicaThatHas(DashboardView.Group group, ReplicationInfo.Master master)
            throws InterruptedException {
        for (DashboardView.Server server :
                group.servers().subList(1, group.servers().size())) {
            Deadline deadline = Deadline.in(REPLICA);
            while (follows(server.address(), master.replid()) instanceof ReplicationInfo.Replica replica) {
                if (replica.offset() >= master.offset()) {
                    return Optional.of(server.address());
                }
                if (!deadline.pause()) {
                    break;
                }
            }
        }
        return Optional.empty();
    }

    private ReplicationInfo.@Nullable Replica follows(String server, String replid) {
        try {
            return ReplicationInfo.of(info(server)) instanceof ReplicationInfo.Replica replica
                            && replica.linkUp()
                            && replica.replid().equals(replid)
                    ? replica
                    : null;
        } catch (CodisException e) {
            return null;
        }
    }

    private InfoFields info(String server) {
        try (var connection = RedisConnection.connect(server, CONNECT, login)) {
            return InfoFields.parse(Replies.text(connection.call("INFO")));
        }
    }

    private static String engineOf(InfoFields info) {
        return info.values().containsKey("valkey_version")
                ? "valkey " + info.text("valkey_version")
                : "redis " + info.text("redis_version");
    }

    private DashboardView view() {
        return dashboard
                .view()
                .orElseThrow(() -> new CodisException(
                        Reason.NOT_READY, "the dashboard does not answer, or does not lead; try again"));
    }
}
