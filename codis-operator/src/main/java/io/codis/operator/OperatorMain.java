package io.codis.operator;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Response;
import io.codis.infra.log.LogFlags;
import io.codis.infra.net.Names;
import io.codis.infra.process.StopSignals;
import io.codis.operator.alpha.AlphaCluster;
import io.codis.operator.alpha.AlphaReconciler;
import io.codis.operator.drive.Applier;
import io.codis.operator.metrics.OperatorMetrics;
import io.codis.operator.reconcile.ClusterReconciler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.VersionInfo;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code codis-operator}: runs until it is told to stop. */
@Command(
        name = "codis-operator",
        description = "Makes each CodisCluster of a Kubernetes cluster and keeps it whole.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class OperatorMain implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorMain.class);
    private static final String LEASE = "codis-operator";
    /** The first version with the CEL functions and the server-side apply that the definition and the operator use. */
    private static final int OLDEST_MINOR = 30;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            defaultValue = "${env:CODIS_IMAGE:-codis:4.0.0}",
            description = "image of new clusters that name none; default CODIS_IMAGE, else codis:4.0.0")
    private String image = "";

    @Option(
            names = "--watch-namespaces",
            paramLabel = "NAMESPACE,...",
            defaultValue = "${env:WATCH_NAMESPACES:-}",
            description = "only these; default WATCH_NAMESPACES, else all")
    private String watched = "";

    @Option(
            names = "--leader-namespace",
            paramLabel = "NAMESPACE",
            defaultValue = "${env:POD_NAMESPACE:-}",
            description = "of the lease that one of several operators holds; default POD_NAMESPACE, else no election")
    private String leaseNamespace = "";

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "serves /metrics, /healthz and /readyz; default ${DEFAULT-VALUE}")
    private int metricsPort = 8080;

    @Mixin
    private LogFlags log = new LogFlags();

    /** Exit code 2 for a bad command line, 1 for a cluster that this operator cannot work on. */
    public static int run(String... args) {
        return new CommandLine(new OperatorMain())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println("codis-operator: " + (e instanceof CodisException ? e.getMessage() : e));
                    return 1;
                })
                .execute(args);
    }

    /** For a launcher that starts one program per class. */
    public static void main(String[] args) {
        Names.lookUpAnew();
        System.exit(run(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        log.configure();
        var metrics = new OperatorMetrics();
        KubernetesClient client = new KubernetesClientBuilder()
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("metrics", metrics.requests()))
                .build();
        refuseOld(client.getKubernetesVersion());
        var operator = new Operator(configuration -> configure(configuration, client, metrics));
        Set<String> namespaces = namespaces();
        register(operator, new ClusterReconciler(image, new Applier(client), metrics), namespaces);
        if (client.getApiResources(AlphaCluster.API_VERSION) != null) {
            register(operator, new AlphaReconciler(client), namespaces);
        }
        var stopped = new CountDownLatch(1);
        StopSignals.onFirst(() -> {
            operator.stop();
            stopped.countDown();
        });
        try (HttpApi api = serve(operator, metrics)) {
            operator.start();
            LOG.info(
                    "event=started image={} namespaces={} port={}",
                    image,
                    namespaces.isEmpty() ? "all" : namespaces,
                    api.port());
            stopped.await();
        }
        return 0;
    }

    private static <P extends HasMetadata> void register(
            Operator operator, Reconciler<P> reconciler, Set<String> namespaces) {
        operator.register(reconciler, configuration -> {
            if (!namespaces.isEmpty()) {
                configuration.settingNamespaces(namespaces);
            }
        });
    }

    private void configure(
            ConfigurationServiceOverrider configuration, KubernetesClient client, OperatorMetrics metrics) {
        configuration.withKubernetesClient(client).withMetrics(metrics);
        if (!leaseNamespace.isEmpty()) {
            configuration.withLeaderElectionConfiguration(new LeaderElectionConfiguration(LEASE, leaseNamespace));
        }
    }

    private HttpApi serve(Operator operator, OperatorMetrics metrics) {
        return HttpApi.builder()
                .get("/metrics", request -> Response.text(200, metrics.text()))
                .get("/healthz", request -> Response.text(200, "ok\n"))
                // one that waits to lead is ready too: it would take over at once
                .get(
                        "/readyz",
                        request -> operator.getRuntimeInfo().allEventSourcesAreHealthy()
                                ? Response.text(200, "ok\n")
                                : Response.text(503, "some caches have lost the API server\n"))
                .start(new InetSocketAddress(metricsPort));
    }

    private Set<String> namespaces() {
        return Arrays.stream(watched.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }

    private static void refuseOld(VersionInfo version) {
        int minor = Integer.parseInt(version.getMinor().replaceAll("\\D.*", ""));
        if (version.getMajor().equals("1") && minor < OLDEST_MINOR) {
            throw new CodisException(
                    Reason.NOT_READY,
                    "this is Kubernetes 1." + minor + "; the operator needs 1." + OLDEST_MINOR + " or newer");
        }
    }
}
