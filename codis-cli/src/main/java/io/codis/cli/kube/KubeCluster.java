package io.codis.cli.kube;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.RunningCluster;
import io.codis.core.plan.MemberId;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.NamedMember;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.ObjectNames;
import io.codis.operator.desired.Wanted;
import io.codis.operator.drive.Live;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A cluster of Kubernetes, reached with the rights of a context. */
public final class KubeCluster implements RunningCluster {

    private static final List<Class<? extends HasMetadata>> LOOKED_AT =
            List.of(StatefulSet.class, Deployment.class, Pod.class, PersistentVolumeClaim.class);

    private final KubernetesClient client;
    private final ObjectNames names;
    private final Live live;
    private final Optional<LocalPortForward> forward;
    private final Optional<DashboardApi> dashboard;

    private KubeCluster(KubernetesClient client, ObjectNames names, String product) {
        this.client = client;
        this.names = names;
        this.live = new Live(
                names, LOOKED_AT.stream().flatMap(kind -> list(kind).stream()).toList());
        this.forward = live.pods("dashboard").stream()
                .min(Comparator.comparing(pod -> !Readiness.isPodReady(pod)))
                .map(pod -> client.pods()
                        .inNamespace(names.namespace())
                        .withName(pod.getMetadata().getName())
                        .portForward(ObjectNames.DASHBOARD_PORT));
        this.dashboard = forward.map(port -> new DashboardApi(
                List.of("127.0.0.1:" + port.getLocalPort()),
                product,
                address -> live.serverNames().getOrDefault(address, address)));
    }

    /** Fails with {@code NotFound} if there is no such context or cluster. */
    public static KubeCluster open(Place place) {
        return asked(() -> {
            KubernetesClient client = Contexts.client(place.context());
            CodisCluster found = find(client, place);
            return of(client, found);
        });
    }

    /** @param resource may not be stored yet */
    private static KubeCluster of(KubernetesClient client, CodisCluster resource) {
        return new KubeCluster(client, ObjectNames.of(resource), Wanted.productName(resource));
    }

    private static CodisCluster find(KubernetesClient client, Place place) {
        String namespace = place.namespace().orElseGet(() -> Contexts.namespace(client));
        List<CodisCluster> all = client.resources(CodisCluster.class)
                .inNamespace(namespace)
                .list()
                .getItems();
        List<CodisCluster> meant = all.stream()
                .filter(each -> place.cluster()
                        .map(each.getMetadata().getName()::equals)
                        .orElse(true))
                .toList();
        if (meant.size() == 1) {
            return meant.getFirst();
        }
        List<String> there =
                all.stream().map(each -> each.getMetadata().getName()).sorted().toList();
        if (there.isEmpty()) {
            throw new CodisException(
                    Reason.NOT_FOUND,
                    "there is no CodisCluster in the namespace " + namespace + "; name another with -n");
        }
        throw new CodisException(
                place.cluster().isPresent() ? Reason.NOT_FOUND : Reason.INVALID_ARGUMENT,
                place.cluster().map(name -> "there is no CodisCluster " + name).orElse("which cluster?")
                        + " in the namespace " + namespace + "; use --cluster with one of " + String.join(", ", there));
    }

    private <T extends HasMetadata> List<T> list(Class<T> kind) {
        return client.resources(kind)
                .inNamespace(names.namespace())
                .withLabel(ObjectNames.MANAGED_BY, ObjectNames.OPERATOR)
                .withLabel(ObjectNames.CLUSTER, names.cluster())
                .list()
                .getItems();
    }

    @Override
    public ClusterStatus status() {
        CodisCluster resource = asked(() -> client.resources(CodisCluster.class)
                .inNamespace(names.namespace())
                .withName(names.cluster())
                .require());
        return new KubeStatus(resource, names, live, dashboard.flatMap(DashboardApi::view)).status();
    }

    /** What a file, or what is stored, will make the operator do. */
    public static Foresight foresee(Place place, Optional<Path> file) {
        return asked(() -> {
            KubernetesClient client = Contexts.client(place.context());
            CodisCluster wanted =
                    file.isPresent() ? new Proposal(client, place).accepted(file.get()) : find(client, place);
            try (KubeCluster cluster = of(client, wanted)) {
                return Foresight.of(client, cluster.live, cluster.dashboard, wanted);
            }
        });
    }

    @Override
    public Map<Integer, Integer> rebalance(boolean confirm) {
        return answering().rebalance(confirm);
    }

    @Override
    public String failOver(int id) {
        DashboardView.Server heir = RunningCluster.view(answering()).heir(id);
        answering().promote(id, heir.address());
        return name(heir.address());
    }

    @Override
    public Left acceptLoss(int group, Optional<String> member) {
        return RunningCluster.acceptLoss(answering(), group, member, this::name);
    }

    @Override
    public String replaceMember(String server) {
        MemberId member = names.memberAt(NamedMember.of(RunningCluster.view(answering()), server, this::name)
                        .replaceable()
                        .address())
                .orElseThrow(() -> new CodisException(Reason.NOT_FOUND, server + " is not a server of this cluster"));
        return asked(() -> {
            new NewVolume(client, names).give(member);
            return names.pod(member);
        });
    }

    @Override
    public Fenced fence(String server) {
        return RunningCluster.fence(answering(), server, this::name);
    }

    @Override
    public Unfenced unfence(String server) {
        return RunningCluster.unfence(answering(), server, this::name);
    }

    @Override
    public DashboardApi.Rebuilt rebuild() {
        return RunningCluster.rebuild(answering(), live.serverNames().values(), this::name);
    }

    private String name(String address) {
        return names.podAt(address);
    }

    private DashboardApi answering() {
        return dashboard.orElseThrow(() -> new CodisException(
                Reason.NOT_READY,
                "the cluster " + names.cluster() + " has no dashboard that runs; see kubectl get pods"));
    }

    /** What Kubernetes refuses, in its own words. */
    private static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (KubernetesClientException e) {
            String said = e.getStatus() != null && e.getStatus().getMessage() != null
                    ? e.getStatus().getMessage()
                    : Stream.iterate((Throwable) e, cause -> cause != null, Throwable::getCause)
                            .reduce((outer, inner) -> inner)
                            .map(Throwable::toString)
                            .orElse("");
            throw new CodisException(
                    e.getCode() == 0 ? Reason.UNAVAILABLE : Reason.INVALID_ARGUMENT, "Kubernetes: " + said, e);
        }
    }

    @Override
    public void close() {
        dashboard.ifPresent(DashboardApi::close);
        try {
            if (forward.isPresent()) {
                forward.get().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            client.close();
        }
    }
}
