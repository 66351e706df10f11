package io.codis.core.config;

import static io.codis.core.config.Check.address;
import static io.codis.core.config.Check.notEmpty;
import static io.codis.core.config.Check.positive;
import static io.codis.core.config.Check.positiveSize;
import static io.codis.core.config.Check.positiveSpan;

import io.codis.core.config.Key.Shown;
import io.codis.core.config.Schema.Section;
import java.util.List;
import java.util.Map;

/** The settings of a dashboard, names and defaults as in Codis 3.2. */
public record DashboardConfig(Settings settings) {

    public static final Key<String> COORDINATOR_NAME = Key.text(
            "coordinator_name",
            "filesystem",
            notEmpty(),
            "Where the cluster's state is stored: \"filesystem\", \"zookeeper\", \"etcd\" or \"kubernetes\".");
    public static final Key<String> COORDINATOR_ADDR = Key.text(
            "coordinator_addr",
            "/tmp/codis",
            notEmpty(),
            "Its directory; its servers, HOST:PORT,HOST:PORT; or a namespace of Kubernetes.");
    public static final Key<String> COORDINATOR_AUTH =
            Key.secret("coordinator_auth", Shown.MASKED, "Login at the coordinator, user:password.");
    public static final Key<String> PRODUCT_NAME =
            Key.text("product_name", "codis-demo", Check.product(), "Name of this cluster.");
    public static final Key<String> PRODUCT_AUTH =
            Key.secret("product_auth", Shown.NEVER, "Password that proxies and dashboard of this cluster share.");
    public static final Key<String> ADMIN_ADDR =
            Key.text("admin_addr", "0.0.0.0:18080", address(), "Address of the HTTP API.");

    public static final Key<String> MIGRATION_METHOD = Key.text(
            "migration_method",
            "semi-async",
            Check.must(
                    text -> text.equalsIgnoreCase("sync") || text.equalsIgnoreCase("semi-async"),
                    "unknown; write \"sync\" or \"semi-async\""),
            "How codis-server 3.2 moves slots; stock servers are moved in bounded batches either way.");
    public static final Key<Integer> MIGRATION_PARALLEL_SLOTS = Key.number(
            "migration_parallel_slots",
            1024,
            positive(),
            "Most slots of one group that move at the same time. One pass over the keys serves all of them.");
    public static final Key<Integer> MIGRATION_ASYNC_MAXBULKS =
            Key.number("migration_async_maxbulks", 200, positive(), "Most elements in one message of a big key.");
    public static final Key<ByteSize> MIGRATION_ASYNC_MAXBYTES =
            Key.size("migration_async_maxbytes", "32mb", positiveSize(), "Most bytes in one batch.");
    public static final Key<Integer> MIGRATION_ASYNC_NUMKEYS =
            Key.number("migration_async_numkeys", 500, positive(), "Most keys in one batch.");
    public static final Key<Span> MIGRATION_TIMEOUT =
            Key.span("migration_timeout", "30s", positiveSpan(), "Longest time that one batch may take.");

    public static final Key<Span> SENTINEL_CLIENT_TIMEOUT = Key.span(
            "sentinel_client_timeout", "10s", positiveSpan(), "Longest time for one round of calls to sentinels.");
    public static final Key<Integer> SENTINEL_QUORUM =
            Key.number("sentinel_quorum", 2, positive(), "Sentinels that must agree that a master is down.");
    public static final Key<Integer> SENTINEL_PARALLEL_SYNCS = Key.number(
            "sentinel_parallel_syncs", 1, positive(), "Replicas that may synchronise at once after a failover.");
    public static final Key<Span> SENTINEL_DOWN_AFTER = Key.span(
            "sentinel_down_after", "30s", positiveSpan(), "Silence after which a sentinel calls a master down.");
    public static final Key<Span> SENTINEL_FAILOVER_TIMEOUT =
            Key.span("sentinel_failover_timeout", "5m", positiveSpan(), "Longest time of one failover by sentinels.");
    public static final Key<String> SENTINEL_NOTIFICATION_SCRIPT = Key.text(
            "sentinel_notification_script", "", Check.any(), "Script on the sentinels' hosts, called on every event.");
    public static final Key<String> SENTINEL_CLIENT_RECONFIG_SCRIPT = Key.text(
            "sentinel_client_reconfig_script",
            "",
            Check.any(),
            "Script on the sentinels' hosts, called on a new master.");

    public static final Key<Span> PROXY_CONFIRM_TIMEOUT = Key.span(
            "proxy_confirm_timeout",
            "2s",
            positiveSpan(),
            "How long a proxy may take to confirm new routes before it is evicted: it then loses its login at the servers.");
    public static final Key<Span> MASTER_LEASE = Key.span(
            "master_lease",
            "10s",
            positiveSpan(),
            "A master that nobody has confirmed for so long fences itself. This bounds what a network partition can lose.");
    public static final Key<Span> FAILOVER_AFTER = Key.span(
            "failover_after", "2s", positiveSpan(), "How long a master must be seen down before another takes over.");

    public static final Schema SCHEMA = new Schema(
            "Settings of codis-dashboard.",
            List.of(
                    Section.of("Coordinator", COORDINATOR_NAME, COORDINATOR_ADDR, COORDINATOR_AUTH),
                    Section.of("Cluster", PRODUCT_NAME, PRODUCT_AUTH, ADMIN_ADDR),
                    Section.of(
                            "Moving slots",
                            MIGRATION_METHOD,
                            MIGRATION_PARALLEL_SLOTS,
                            MIGRATION_ASYNC_MAXBULKS,
                            MIGRATION_ASYNC_MAXBYTES,
                            MIGRATION_ASYNC_NUMKEYS,
                            MIGRATION_TIMEOUT),
                    Section.of("Roles", PROXY_CONFIRM_TIMEOUT, MASTER_LEASE, FAILOVER_AFTER),
                    Section.of(
                            "Sentinels",
                            SENTINEL_CLIENT_TIMEOUT,
                            SENTINEL_QUORUM,
                            SENTINEL_PARALLEL_SYNCS,
                            SENTINEL_DOWN_AFTER,
                            SENTINEL_FAILOVER_TIMEOUT,
                            SENTINEL_NOTIFICATION_SCRIPT,
                            SENTINEL_CLIENT_RECONFIG_SCRIPT)),
            List.of());

    /** Every setting at its default. */
    public static DashboardConfig defaults() {
        return new DashboardConfig(Settings.defaults(SCHEMA));
    }

    /** The value of one of the keys above. */
    public <T> T get(Key<T> key) {
        return settings.get(key);
    }

    /** As the HTTP API shows it. */
    public Map<String, Object> json() {
        return settings.json();
    }
}
