package io.codis.cli.local;

import com.fasterxml.jackson.core.type.TypeReference;
import io.codis.cli.yaml.ClusterFile;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.http.ApiClient;
import io.codis.infra.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Speaks to the supervisor of a data directory. */
public final class ControlClient implements RunningCluster {

    private static final Duration DEADLINE = Duration.ofSeconds(120);

    private final DataDirectory data;
    private final ApiClient client;
    private final String base;
    private final ControlApi.Access access;

    private ControlClient(DataDirectory data, ControlApi.Access access) {
        this.data = data;
        this.access = access;
        this.client = ApiClient.create(DEADLINE, access.token());
        this.base = "http://127.0.0.1:" + access.port() + "/api/codis/";
    }

    /** Fails with {@code NotReady} if no supervisor runs there. */
    public static ControlClient of(DataDirectory data) {
        return new ControlClient(data, ControlApi.access(data));
    }

    /** Empty if no supervisor runs there. */
    public static Optional<ControlClient> find(DataDirectory data) {
        return ControlApi.find(data).map(access -> new ControlClient(data, access));
    }

    /** Whose supervisor this is. */
    public DataDirectory data() {
        return data;
    }

    /** The supervisor's process. */
    public long pid() {
        return access.pid();
    }

    @Override
    public ClusterStatus status() {
        return client.get(base + "status", ClusterStatus.class);
    }

    public CodisClusterSpec spec() {
        return ClusterFile.require(
                client.get(base + "spec", ControlApi.Document.class).yaml());
    }

    /** Lines after {@code seq}. */
    public List<Journal.Line> journal(long seq) {
        return Json.readList(client.getBytes(base + "journal/" + seq), Journal.Line.class);
    }

    /** What {@link #apply} would do. */
    public PlannedChange plan(CodisClusterSpec wanted) {
        var document = new ControlApi.Document(ClusterFile.text(wanted));
        return client.putJson(base + "plan", document, PlannedChange.class);
    }

    /** The generation to wait for. */
    public long apply(CodisClusterSpec wanted) {
        var document = new ControlApi.Document(ClusterFile.text(wanted));
        return client.putJson(base + "apply", document, ControlApi.Generation.class)
                .generation();
    }

    /** As {@link #plan(CodisClusterSpec)}; 0 leaves a number as it is. */
    public PlannedChange planScale(int groups, int replicas, int proxies) {
        var scale = new Scale(groups, replicas, proxies);
        return client.putJson(base + "plan-scale", scale, PlannedChange.class);
    }

    /** As {@link #apply}. */
    public long scale(int groups, int replicas, int proxies) {
        var scale = new Scale(groups, replicas, proxies);
        return client.putJson(base + "scale", scale, ControlApi.Generation.class)
                .generation();
    }

    @Override
    public Map<Integer, Integer> rebalance(boolean confirm) {
        byte[] answer = Json.write(client.put(base + "rebalance/" + (confirm ? 1 : 0), Object.class));
        return Json.read(answer, new TypeReference<Map<Integer, Integer>>() {});
    }

    @Override
    public String failOver(int group) {
        return client.put(base + "failover/" + group, ControlApi.Name.class).name();
    }

    @Override
    public Left acceptLoss(int group, Optional<String> member) {
        String chosen = member.map(name -> "/" + name).orElse("");
        return client.put(base + "accept-loss/" + group + chosen, Left.class);
    }

    @Override
    public String replaceMember(String server) {
        return client.put(base + "replace-member/" + server, ControlApi.Name.class)
                .name();
    }

    @Override
    public Fenced fence(String server) {
        return client.put(base + "fence/" + server, Fenced.class);
    }

    @Override
    public Unfenced unfence(String server) {
        return client.put(base + "unfence/" + server, Unfenced.class);
    }

    @Override
    public DashboardApi.Rebuilt rebuild() {
        return client.put(base + "rebuild", DashboardApi.Rebuilt.class);
    }

    public void down() {
        client.put(base + "down");
    }

    @Override
    public void close() {
        client.close();
    }
}
