package io.codis.core.config;

import static io.codis.core.config.Check.address;
import static io.codis.core.config.Check.any;
import static io.codis.core.config.Check.notEmpty;
import static io.codis.core.config.Check.positive;
import static io.codis.core.config.Check.positiveSize;
import static io.codis.core.config.Check.positiveSpan;
import static io.codis.core.config.Check.sizeOrNone;
import static io.codis.core.config.Check.spanOrNone;

import io.codis.core.config.Key.Shown;
import io.codis.core.config.Schema.Conflict;
import io.codis.core.config.Schema.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The settings of a proxy, names and defaults as in Codis 3.2. */
public record ProxyConfig(Settings settings) {

    private static final Set<String> PROTOCOLS = Set.of("tcp", "tcp4", "tcp6", "unix", "unixpacket");

    public static final Key<String> PRODUCT_NAME =
            Key.text("product_name", "codis-demo", Check.product(), "Name of the cluster that this proxy serves.");
    public static final Key<String> PRODUCT_AUTH =
            Key.secret("product_auth", Shown.NEVER, "Password that proxies and dashboard of the cluster share.");
    public static final Key<String> SESSION_AUTH = Key.secret(
            "session_auth",
            Shown.NEVER,
            "Password that clients must send; empty for none. Of several, one in a line, each is accepted.");

    public static final Key<String> ADMIN_ADDR =
            Key.text("admin_addr", "0.0.0.0:11080", address(), "Address of the HTTP API.");
    public static final Key<String> PROTO_TYPE = Key.text(
            "proto_type",
            "tcp4",
            Check.must(PROTOCOLS::contains, "unknown; write one of tcp, tcp4, tcp6, unix, unixpacket"),
            "Kind of address that clients connect to.");
    public static final Key<String> PROXY_ADDR =
            Key.text("proxy_addr", "0.0.0.0:19000", notEmpty(), "Address that clients connect to.");

    public static final Key<String> JODIS_NAME =
            Key.text("jodis_name", "", any(), "Kind of coordinator to announce this proxy in; empty for none.");
    public static final Key<String> JODIS_ADDR = Key.text("jodis_addr", "", any(), "Addresses of that coordinator.");
    public static final Key<String> JODIS_AUTH =
            Key.secret("jodis_auth", Shown.MASKED, "Login at that coordinator, user:password.");
    public static final Key<Span> JODIS_TIMEOUT =
            Key.span("jodis_timeout", "20s", positiveSpan(), "Session timeout at that coordinator.");
    public static final Key<Boolean> JODIS_COMPATIBLE =
            Key.flag("jodis_compatible", false, "Announce under the paths of Codis 2 as well.");

    public static final Key<String> PROXY_DATACENTER = Key.text(
            "proxy_datacenter", "", any(), "Label of this proxy's site; reads prefer replicas of the same one.");
    public static final Key<Integer> PROXY_MAX_CLIENTS =
            Key.number("proxy_max_clients", 1000, positive(), "Most clients connected at the same time.");
    public static final Key<Span> PROXY_DRAIN_TIMEOUT = Key.span(
            "proxy_drain_timeout",
            "10s",
            spanOrNone(),
            "How long a planned stop answers clients that never pause; less than whoever stops it waits.");
    public static final Key<ByteSize> PROXY_MAX_OFFHEAP_SIZE =
            Key.size("proxy_max_offheap_size", "1024mb", sizeOrNone(), "Taken for compatibility; it has no effect.");
    public static final Key<ByteSize> PROXY_HEAP_PLACEHOLDER =
            Key.size("proxy_heap_placeholder", "256mb", sizeOrNone(), "Taken for compatibility; it has no effect.");

    public static final Key<Span> BACKEND_PING_PERIOD = Key.span(
            "backend_ping_period", "5s", spanOrNone(), "Idle server connections are tested so often; 0 for never.");
    public static final Key<ByteSize> BACKEND_RECV_BUFSIZE =
            Key.size("backend_recv_bufsize", "128kb", positiveSize(), "Socket receive buffer of a server connection.");
    public static final Key<Span> BACKEND_RECV_TIMEOUT =
            Key.span("backend_recv_timeout", "30s", spanOrNone(), "Longest wait for a server's reply; 0 for no limit.");
    public static final Key<ByteSize> BACKEND_SEND_BUFSIZE =
            Key.size("backend_send_bufsize", "128kb", positiveSize(), "Socket send buffer of a server connection.");
    public static final Key<Span> BACKEND_SEND_TIMEOUT = Key.span(
            "backend_send_timeout", "30s", spanOrNone(), "Longest wait to hand requests to a server; 0 for no limit.");
    public static final Key<Integer> BACKEND_MAX_PIPELINE =
            Key.number("backend_max_pipeline", 20480, positive(), "Most requests in flight on one server connection.");
    public static final Key<Boolean> BACKEND_PRIMARY_ONLY =
            Key.flag("backend_primary_only", false, "Never read from replicas.");
    public static final Key<Integer> BACKEND_PRIMARY_PARALLEL = Key.number(
            "backend_primary_parallel", 1, any(), "Connections per master and database; less than 1 counts as 1.");
    public static final Key<Integer> BACKEND_REPLICA_PARALLEL = Key.number(
            "backend_replica_parallel", 1, any(), "Connections per replica and database; less than 1 counts as 1.");
    public static final Key<Span> BACKEND_KEEPALIVE_PERIOD = Key.span(
            "backend_keepalive_period", "75s", spanOrNone(), "TCP keep-alive of server connections; 0 for none.");
    public static final Key<Integer> BACKEND_NUMBER_DATABASES =
            Key.number("backend_number_databases", 16, positive(), "Databases that clients may select.");
    public static final Key<Boolean> SAFE_WRITES = Key.flag(
            "safe_writes",
            false,
            "Answer a write only when every replica that may be promoted has it; waits up to slot_lock_timeout.");
    public static final Key<Span> SLOT_LOCK_TIMEOUT = Key.span(
            "slot_lock_timeout",
            "5s",
            positiveSpan(),
            "How long a request waits for a slot that is locked or has no master, before it gets an error.");

    public static final Key<ByteSize> SESSION_RECV_BUFSIZE =
            Key.size("session_recv_bufsize", "128kb", positiveSize(), "Socket receive buffer of a client connection.");
    public static final Key<Span> SESSION_RECV_TIMEOUT =
            Key.span("session_recv_timeout", "30m", spanOrNone(), "Idle clients are closed after this; 0 for never.");
    public static final Key<ByteSize> SESSION_SEND_BUFSIZE =
            Key.size("session_send_bufsize", "64kb", positiveSize(), "Socket send buffer of a client connection.");
    public static final Key<Span> SESSION_SEND_TIMEOUT = Key.span(
            "session_send_timeout",
            "30s",
            spanOrNone(),
            "A client that takes no reply for so long is closed; 0 for never.");
    public static final Key<Integer> SESSION_MAX_PIPELINE =
            Key.number("session_max_pipeline", 10000, positive(), "Most unanswered requests of one client.");
    public static final Key<Span> SESSION_KEEPALIVE_PERIOD = Key.span(
            "session_keepalive_period", "75s", spanOrNone(), "TCP keep-alive of client connections; 0 for none.");
    public static final Key<Boolean> SESSION_BREAK_ON_FAILURE = Key.flag(
            "session_break_on_failure", false, "Close a client's connection after the first error of the proxy.");

    public static final Key<String> METRICS_REPORT_SERVER =
            Key.text("metrics_report_server", "", any(), "URL to post this proxy's figures to; empty for none.");
    public static final Key<Span> METRICS_REPORT_PERIOD =
            Key.span("metrics_report_period", "1s", positiveSpan(), "How often.");
    public static final Key<String> METRICS_INFLUXDB_SERVER =
            Key.text("metrics_report_influxdb_server", "", any(), "URL of an InfluxDB; empty for none.");
    public static final Key<Span> METRICS_INFLUXDB_PERIOD =
            Key.span("metrics_report_influxdb_period", "1s", positiveSpan(), "How often.");
    public static final Key<String> METRICS_INFLUXDB_USERNAME =
            Key.text("metrics_report_influxdb_username", "", any(), "Login at the InfluxDB.");
    public static final Key<String> METRICS_INFLUXDB_PASSWORD =
            Key.secret("metrics_report_influxdb_password", Shown.NEVER, "Password at the InfluxDB.");
    public static final Key<String> METRICS_INFLUXDB_DATABASE =
            Key.text("metrics_report_influxdb_database", "", any(), "Database in the InfluxDB.");
    public static final Key<String> METRICS_STATSD_SERVER =
            Key.text("metrics_report_statsd_server", "", any(), "Address of a StatsD server; empty for none.");
    public static final Key<Span> METRICS_STATSD_PERIOD =
            Key.span("metrics_report_statsd_period", "1s", positiveSpan(), "How often.");
    public static final Key<String> METRICS_STATSD_PREFIX =
            Key.text("metrics_report_statsd_prefix", "", any(), "Prefix of the names there.");

    public static final Schema SCHEMA = new Schema(
            "Settings of codis-proxy.",
            List.of(
                    Section.of("Cluster", PRODUCT_NAME, PRODUCT_AUTH, SESSION_AUTH),
                    Section.of("Addresses", ADMIN_ADDR, PROTO_TYPE, PROXY_ADDR),
                    Section.of("Discovery", JODIS_NAME, JODIS_ADDR, JODIS_AUTH, JODIS_TIMEOUT, JODIS_COMPATIBLE),
                    Section.of(
                            "Process",
                            PROXY_DATACENTER,
                            PROXY_MAX_CLIENTS,
                            PROXY_DRAIN_TIMEOUT,
                            PROXY_MAX_OFFHEAP_SIZE,
                            PROXY_HEAP_PLACEHOLDER),
                    Section.of(
                            "Servers",
                            BACKEND_PING_PERIOD,
                            BACKEND_RECV_BUFSIZE,
                            BACKEND_RECV_TIMEOUT,
                            BACKEND_SEND_BUFSIZE,
                            BACKEND_SEND_TIMEOUT,
                            BACKEND_MAX_PIPELINE,
                            BACKEND_PRIMARY_ONLY,
                            BACKEND_PRIMARY_PARALLEL,
                            BACKEND_REPLICA_PARALLEL,
                            BACKEND_KEEPALIVE_PERIOD,
                            BACKEND_NUMBER_DATABASES,
                            SLOT_LOCK_TIMEOUT,
                            SAFE_WRITES),
                    Section.of(
                            "Clients",
                            SESSION_RECV_BUFSIZE,
                            SESSION_RECV_TIMEOUT,
                            SESSION_SEND_BUFSIZE,
                            SESSION_SEND_TIMEOUT,
                            SESSION_MAX_PIPELINE,
                            SESSION_KEEPALIVE_PERIOD,
                            SESSION_BREAK_ON_FAILURE),
                    Section.of(
                            "Metrics",
                            METRICS_REPORT_SERVER,
                            METRICS_REPORT_PERIOD,
                            METRICS_INFLUXDB_SERVER,
                            METRICS_INFLUXDB_PERIOD,
                            METRICS_INFLUXDB_USERNAME,
                            METRICS_INFLUXDB_PASSWORD,
                            METRICS_INFLUXDB_DATABASE,
                            METRICS_STATSD_SERVER,
                            METRICS_STATSD_PERIOD,
                            METRICS_STATSD_PREFIX)),
            List.of(ProxyConfig::addressFitsProtocol));

    /** Every setting at its default. */
    public static ProxyConfig defaults() {
        return new ProxyConfig(Settings.defaults(SCHEMA));
    }

    /** The value of one of the keys above. */
    public <T> T get(Key<T> key) {
        return settings.get(key);
    }

    /** As the HTTP API shows it. */
    public Map<String, Object> json() {
        return settings.json();
    }

    private static Optional<Conflict> addressFitsProtocol(Settings settings) {
        boolean fits = settings.get(PROTO_TYPE).startsWith("unix") || Check.isAddress(settings.get(PROXY_ADDR));
        return fits
                ? Optional.empty()
                : Optional.of(new Conflict(
                        PROXY_ADDR,
                        "not an address for " + settings.get(PROTO_TYPE)
                                + "; write host:port with a port up to 65535, such as \"0.0.0.0:19000\""));
    }
}
