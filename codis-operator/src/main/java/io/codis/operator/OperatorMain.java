package io.codis.operator;

import io.codis.infra.log.Logging;
import io.codis.infra.net.Names;
import io.codis.infra.process.StopSignals;
import io.codis.operator.drive.Applier;
import io.codis.operator.reconcile.ClusterReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code codis-operator}: runs until it is told to stop. */
@Command(
        name = "codis-operator",
        description = "Makes each CodisCluster of a Kubernetes cluster and keeps it whole.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class OperatorMain implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorMain.class);

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            defaultValue = "${env:CODIS_IMAGE:-codis:4.0.0}",
            description = "image of clusters that name none; default CODIS_IMAGE, else codis:4.0.0")
    private String image = "";

    @Option(
            names = "--watch-namespaces",
            paramLabel = "NAMESPACE",
            defaultValue = "${env:WATCH_NAMESPACES:-}",
            description = "only these; default WATCH_NAMESPACES, else all")
    private String watched = "";

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "INFO",
            description = "ERROR, WARN, INFO or DEBUG; default ${DEFAULT-VALUE}")
    private String logLevel = "INFO";

    /** Exit code 2 for a bad command line. */
    public static int run(String... args) {
        return new CommandLine(new OperatorMain()).execute(args);
    }

    /** For a launcher that starts one program per class. */
    public static void main(String[] args) {
        Names.lookUpAnew();
        System.exit(run(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        Logging.configure(null, logLevel);
        Set<String> namespaces = Arrays.stream(watched.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
        KubernetesClient client = new KubernetesClientBuilder().build();
        var operator = new Operator(
                configuration -> configuration.withKubernetesClient(client).withUseSSAToPatchPrimaryResource(false));
        operator.register(new ClusterReconciler(image, new Applier(client)), configuration -> {
            if (!namespaces.isEmpty()) {
                configuration.settingNamespaces(namespaces);
            }
        });
        operator.start();
        LOG.info("event=started image={} namespaces={}", image, namespaces.isEmpty() ? "all" : namespaces);
        var stopped = new CountDownLatch(1);
        StopSignals.onFirst(() -> {
            operator.stop();
            stopped.countDown();
        });
        stopped.await();
        return 0;
    }
}
