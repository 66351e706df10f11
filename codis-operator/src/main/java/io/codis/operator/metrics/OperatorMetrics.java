package io.codis.operator.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The operator's own figures, named and labelled as controller-runtime and client-go do. */
public final class OperatorMetrics implements Metrics {

    private static final String CONTROLLER = "codiscluster";
    private static final Map<String, String> QUEUE = Map.of("name", CONTROLLER);
    private static final double NANOS = 1e9;

    private final Series.Histogram times = new Series.Histogram(
            "controller_runtime_reconcile_time_seconds",
            "Length of time per reconciliation per controller",
            0.005,
            0.01,
            0.025,
            0.05,
            0.1,
            0.25,
            0.5,
            1,
            2.5,
            5,
            10);
    private final Series.Counter passes =
            new Series.Counter("controller_runtime_reconcile_total", "Total number of reconciliations per controller");
    private final Series.Counter errors = new Series.Counter(
            "controller_runtime_reconcile_errors_total", "Total number of reconciliation errors per controller");
    private final Series.Counter requests = new Series.Counter(
            "rest_client_requests_total", "Number of HTTP requests, partitioned by status code, method, and host.");
    private final Series.Counter adds =
            new Series.Counter("workqueue_adds_total", "Total number of adds handled by workqueue");
    private final Series.Counter retries =
            new Series.Counter("workqueue_retries_total", "Total number of retries handled by workqueue");
    private final Series.Gauge depth = new Series.Gauge("workqueue_depth", "Current depth of workqueue");
    private final Series.Histogram work = new Series.Histogram(
            "workqueue_work_duration_seconds",
            "How long in seconds processing an item from workqueue takes.",
            0.001,
            0.01,
            0.1,
            1,
            10);
    private final Series.Gauge slots =
            new Series.Gauge("codis_cluster_slots", "Slots that a group of the cluster owns; 1024 when it is whole");
    private final Series.Gauge servers = new Series.Gauge("codis_cluster_servers", "Servers that serve or are in sync");
    private final Series.Gauge proxies = new Series.Gauge("codis_cluster_proxies", "Proxies that are online");
    private final Series.Gauge ready = new Series.Gauge("codis_cluster_ready", "1 when the cluster is as wanted");

    /** Clusters that wait for a pass, by name. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    @Override
    public void receivedEvent(Event event, Map<String, Object> metadata) {
        adds.add(QUEUE);
        waiting.add(event.getRelatedCustomResourceID().toString());
    }

    @Override
    public void reconcileCustomResource(HasMetadata resource, @Nullable RetryInfo retry, Map<String, Object> metadata) {
        if (retry != null && retry.getAttemptCount() > 0) {
            retries.add(QUEUE);
        }
    }

    /** A cluster that is gone has no figures. */
    @Override
    public void cleanupDoneFor(ResourceID id, Map<String, Object> metadata) {
        waiting.remove(id.toString());
        Map<String, String> labels = Map.of("namespace", id.getNamespace().orElse(""), "cluster", id.getName());
        List.of(slots, servers, proxies, ready).forEach(series -> series.forget(labels));
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        waiting.remove(execution.resourceID().toString());
        long start = System.nanoTime();
        String result = "error";
        try {
            T value = execution.execute();
            result = "success";
            return value;
        } finally {
            double seconds = (System.nanoTime() - start) / NANOS;
            times.observe(Map.of("controller", CONTROLLER), seconds);
            work.observe(QUEUE, seconds);
            passes.add(Map.of("controller", CONTROLLER, "result", result));
            if (result.equals("error")) {
                errors.add(Map.of("controller", CONTROLLER));
            }
        }
    }

    /** Counts requests to the API server. */
    public Interceptor requests() {
        return new Interceptor() {
            @Override
            public void after(
                    HttpRequest request,
                    HttpResponse<?> response,
                    AsyncBody.@Nullable Consumer<List<ByteBuffer>> consumer) {
                requests.add(Map.of(
                        "code",
                        "" + response.code(),
                        "host",
                        String.valueOf(request.uri().getAuthority()),
                        "method",
                        request.method()));
            }
        };
    }

    /**
     * What a cluster is like now.
     *
     * @param slots by group
     */
    public record ClusterFigures(
            String namespace, String name, Map<Integer, Integer> slots, long servers, long proxies, boolean ready) {}

    public void cluster(ClusterFigures figures) {
        Map<String, String> labels = Map.of("namespace", figures.namespace(), "cluster", figures.name());
        slots.forget(labels);
        figures.slots()
                .forEach((group, count) -> slots.set(
                        Map.of("namespace", figures.namespace(), "cluster", figures.name(), "group", "" + group),
                        count));
        servers.set(labels, figures.servers());
        proxies.set(labels, figures.proxies());
        ready.set(labels, figures.ready() ? 1 : 0);
    }

    /** Everything, in the text format of Prometheus. */
    public String text() {
        depth.set(QUEUE, waiting.size());
        var text = new StringBuilder();
        for (Series<?> series :
                List.of(times, passes, errors, requests, adds, depth, retries, work, slots, servers, proxies, ready)) {
            series.write(text);
        }
        jvm(text);
        return text.toString();
    }

    private static void jvm(StringBuilder text) {
        var used = new Series.Gauge("jvm_memory_used_bytes", "Bytes in use, by area");
        var memory = ManagementFactory.getMemoryMXBean();
        used.set(Map.of("area", "heap"), memory.getHeapMemoryUsage().getUsed());
        used.set(Map.of("area", "nonheap"), memory.getNonHeapMemoryUsage().getUsed());
        var threads = new Series.Gauge("jvm_threads_current", "Threads");
        threads.set(Map.of(), ManagementFactory.getThreadMXBean().getThreadCount());
        var collections = new Series.Gauge("jvm_gc_collection_seconds_sum", "Time spent in collections");
        ManagementFactory.getGarbageCollectorMXBeans()
                .forEach(each -> collections.set(Map.of("gc", each.getName()), each.getCollectionTime() / 1e3));
        var started = new Series.Gauge(
                "process_start_time_seconds", "Start time of the process since unix epoch in seconds.");
        started.set(Map.of(), ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
        var processor =
                Series.Gauge.total("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.");
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            processor.set(Map.of(), system.getProcessCpuTime() / NANOS);
        }
        var resident = new Series.Gauge("process_resident_memory_bytes", "Resident memory size in bytes.");
        residentBytes().ifPresent(bytes -> resident.set(Map.of(), bytes));
        for (Series<?> series : List.of(used, threads, collections, started, processor, resident)) {
            series.write(text);
        }
    }

    /** Linux only. */
    private static Optional<Double> residentBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024.0)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
