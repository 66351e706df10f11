package io.codis.infra.coordinator.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.remote.HeldLeases;
import io.codis.infra.coordinator.remote.RenewedLease;
import io.codis.infra.coordinator.remote.StoreHttp.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The coordinator in etcd: every object is the key of the same path, the lease a key below {@code /codis3-leases} that ends with
 * a lease of etcd. A version is the revision of etcd that changed the key last.
 */
public final class EtcdCoordinator implements Coordinator {

    private static final String LEASES = "/codis3-leases";
    private static final Duration LEASE = Duration.ofSeconds(4);
    private static final Duration LEASE_CALL = Duration.ofMillis(1500);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private final EtcdApi api;
    private final HeldLeases leases = new HeldLeases();

    private EtcdCoordinator(EtcdApi api) {
        this.api = api;
    }

    /**
     * A client of a cluster; it need not be reachable yet.
     *
     * @param addresses {@code HOST:PORT,HOST:PORT}; each may begin with {@code https://}
     * @param login {@code user:password}, or empty
     */
    public static EtcdCoordinator open(String addresses, String login) {
        return new EtcdCoordinator(new EtcdApi(addresses, login));
    }

    /** The tools of Codis 3.2 speak the API v2, which sees nothing of this. */
    @Override
    public boolean readByCodis3Tools() {
        return false;
    }

    @Override
    public long create(String path, byte[] data) {
        JsonNode answer = transaction(absent(path), Map.of("request_put", entry(path, data)), path);
        if (!succeeded(answer)) {
            throw new CodisException(Reason.ALREADY_EXISTS, path + " exists");
        }
        return revision(answer);
    }

    @Override
    public Optional<Node> read(String path) {
        return first(range(path)).map(EtcdCoordinator::node);
    }

    @Override
    public long update(String path, byte[] data, long expectedVersion) {
        JsonNode answer = transaction(fits(path, expectedVersion), Map.of("request_put", entry(path, data)), path);
        if (succeeded(answer)) {
            return revision(answer);
        }
        throw present(answer)
                .map(now -> stale(path, expectedVersion, now.version()))
                .orElseGet(() -> new CodisException(Reason.NOT_FOUND, path + " does not exist"));
    }

    @Override
    public void put(String path, byte[] data) {
        api.call("kv/put", entry(checked(path), data), Kind.CHANGE);
    }

    @Override
    public boolean delete(String path, long expectedVersion) {
        JsonNode answer = transaction(
                fits(path, expectedVersion), Map.of("request_delete_range", Map.of("key", encoded(path))), path);
        if (succeeded(answer)) {
            return true;
        }
        present(answer).ifPresent(now -> {
            throw stale(path, expectedVersion, now.version());
        });
        return false;
    }

    @Override
    public List<String> children(String path) {
        String prefix = checked(path) + "/";
        // '0' follows '/', so this is everything below
        var below = Map.of("key", encoded(prefix), "range_end", encoded(path + "0"), "keys_only", true);
        var names = new TreeSet<String>();
        for (JsonNode each : api.call("kv/range", below, Kind.READ).path("kvs")) {
            String rest = new String(bytes(each, "key"), StandardCharsets.UTF_8).substring(prefix.length());
            int slash = rest.indexOf('/');
            names.add(slash < 0 ? rest : rest.substring(0, slash));
        }
        return List.copyOf(names);
    }

    @Override
    public boolean awaitChange(String path, long knownVersion, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            JsonNode now = range(path);
            if (first(now).map(each -> node(each).version()).orElse(0L) != knownVersion) {
                return true;
            }
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!left.isPositive() || Thread.currentThread().isInterrupted()) {
                return false;
            }
            var watch = Map.of("key", encoded(path), "start_revision", revision(now) + 1);
            // what was compacted meanwhile, or lost with the connection, is found by looking again
            api.awaitEvent(Map.of("create_request", watch), left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
        }
    }

    @Override
    public Optional<Lease> tryLead(String name) {
        String key = LEASES + checked(name);
        api.checkOpen(name);
        leases.giveBackLost(name);
        if (first(range(key)).isPresent()) {
            return Optional.empty();
        }
        var hold = new Hold(key);
        return leases.keep(RenewedLease.take(name, LEASE, hold::take, hold));
    }

    @Override
    public void close() {
        leases.close();
        api.close();
    }

    private JsonNode range(String path) {
        return api.call("kv/range", Map.of("key", encoded(checked(path))), Kind.READ);
    }

    /** Does {@code then} if {@code condition} holds, else reads the key. */
    private JsonNode transaction(Map<String, ?> condition, Map<String, ?> then, String path) {
        var read = Map.of("request_range", Map.of("key", encoded(checked(path))));
        return api.call(
                "kv/txn",
                Map.of("compare", List.of(condition), "success", List.of(then), "failure", List.of(read)),
                Kind.CHANGE);
    }

    private static Map<String, ?> absent(String path) {
        return Map.of("key", encoded(path), "target", "VERSION", "result", "EQUAL", "version", 0);
    }

    private static Map<String, ?> fits(String path, long version) {
        return version == ANY_VERSION
                ? Map.of("key", encoded(path), "target", "VERSION", "result", "GREATER", "version", 0)
                : Map.of("key", encoded(path), "target", "MOD", "result", "EQUAL", "mod_revision", version);
    }

    private static Map<String, ?> entry(String path, byte[] data) {
        return Map.of("key", encoded(path), "value", Base64.getEncoder().encodeToString(data));
    }

    private static boolean succeeded(JsonNode answer) {
        return answer.path("succeeded").asBoolean();
    }

    private static long revision(JsonNode answer) {
        return answer.at("/header/revision").asLong();
    }

    private static Optional<Node> present(JsonNode answer) {
        return first(answer.at("/responses/0/response_range")).map(EtcdCoordinator::node);
    }

    private static Optional<JsonNode> first(JsonNode range) {
        return Optional.ofNullable(range.path("kvs").get(0));
    }

    private static Node node(JsonNode entry) {
        return new Node(bytes(entry, "value"), entry.path("mod_revision").asLong());
    }

    private static byte[] bytes(JsonNode entry, String field) {
        return Base64.getDecoder().decode(entry.path(field).asText(""));
    }

    private static String encoded(String key) {
        return Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    private static String checked(String path) {
        Coordinator.checkPath(path);
        return path;
    }

    private static CodisException stale(String path, long expected, long actual) {
        return new CodisException(Reason.STALE_VERSION, path + " has version " + actual + ", expected was " + expected);
    }

    /** A key that ends with a lease of etcd. */
    private final class Hold implements RenewedLease.Store {

        private final String key;
        private String id = "";

        Hold(String key) {
            this.key = key;
        }

        boolean take() {
            id = call("lease/grant", Map.of("TTL", LEASE.toSeconds()))
                    .path("ID")
                    .asText();
            var put = Map.of(
                    "key",
                    encoded(key),
                    "value",
                    encoded("pid " + ProcessHandle.current().pid()),
                    "lease",
                    id);
            JsonNode answer = transaction(absent(key), Map.of("request_put", put), key);
            if (!succeeded(answer)) {
                release();
            }
            return succeeded(answer);
        }

        /** The lease lives, and the key is still ours: somebody may have deleted it by hand. */
        @Override
        public boolean renew() {
            return alive()
                    && first(call("kv/range", Map.of("key", encoded(key))))
                            .filter(entry -> entry.path("lease").asText().equals(id))
                            .isPresent();
        }

        @Override
        public void release() {
            if (alive()) {
                call("lease/revoke", Map.of("ID", id));
            }
        }

        private boolean alive() {
            return call("lease/keepalive", Map.of("ID", id)).at("/result/TTL").asLong() > 0;
        }

        private JsonNode call(String method, Map<String, ?> body) {
            return api.call(method, body, Kind.READ, LEASE_CALL);
        }
    }
}
