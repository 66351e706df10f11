package io.codis.operator.drive;

import io.codis.core.plan.ClusterDriver;
import io.codis.core.plan.MemberId;
import io.codis.core.plan.Observed;
import io.codis.core.plan.Observed.Freshness;
import io.codis.core.plan.Part;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardSteps;
import io.codis.infra.dashboard.DashboardSteps.Patience;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.Standings;
import io.codis.operator.desired.BackupObjects;
import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.ObjectNames;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Carries out steps with objects of Kubernetes and calls of the dashboard. Never waits: who drives comes back. */
public final class KubernetesDriver implements ClusterDriver {

    private final KubernetesClient client;
    private final Applier applier;
    private final Wanted wanted;
    private final ObjectNames names;
    private final DesiredCluster desired;
    private final Live live;
    private final Optional<DashboardApi> dashboard;
    private final Optional<DashboardView> view;
    private final ServerPods serverPods;
    /** Deployments that are others since this pass, of which the caches have not heard. */
    private final Set<String> changed = new HashSet<>();

    /** @param dashboard empty while there is none to ask */
    public KubernetesDriver(
            KubernetesClient client, Applier applier, Wanted wanted, Live live, Optional<DashboardApi> dashboard) {
        this.client = client;
        this.applier = applier;
        this.wanted = wanted;
        this.names = wanted.names();
        this.desired = new DesiredCluster(wanted, live::former);
        this.live = live;
        this.dashboard = dashboard;
        this.view = dashboard.flatMap(DashboardApi::view);
        this.serverPods = new ServerPods(wanted, live, view);
    }

    /** What the dashboard said when this driver was made. */
    public Optional<DashboardView> view() {
        return view;
    }

    @Override
    public Observed observe() {
        var standings = new Standings(view, names::address);
        var parts = EnumSet.noneOf(Part.class);
        for (Part part : Part.values()) {
            if (live.deployment(part.toString()).isPresent()) {
                parts.add(part);
            }
        }
        var servers = new TreeMap<MemberId, Standings.Run>();
        live.serverSets().forEach((group, set) -> {
            for (int ordinal = 1; ordinal <= set.getSpec().getReplicas(); ordinal++) {
                var member = new MemberId(group, ordinal);
                servers.put(member, serverPods.run(member));
            }
        });
        knownToDashboard().forEach(member -> servers.putIfAbsent(member, Standings.Run.NONE));
        return new Observed(
                standings.manager(parts.contains(Part.DASHBOARD)),
                parts,
                standings.groups(servers, member -> false),
                proxies(),
                standings.offlineSlots());
    }

    private List<MemberId> knownToDashboard() {
        return view.stream()
                .flatMap(known -> known.groups().stream())
                .flatMap(group -> group.servers().stream())
                .flatMap(server -> names.memberAt(server.address()).stream())
                .toList();
    }

    /** Proxies have no names of their own: as many of the Deployment's are online as the dashboard says. */
    private TreeMap<Integer, Observed.Proxy> proxies() {
        int running = live.proxies();
        long online = live.pods("proxy").stream().filter(this::online).count();
        var proxies = new TreeMap<Integer, Observed.Proxy>();
        for (int ordinal = 1; ordinal <= running; ordinal++) {
            proxies.put(ordinal, new Observed.Proxy(ordinal, true, ordinal <= online));
        }
        return proxies;
    }

    private boolean online(Pod pod) {
        return view.flatMap(known -> known.proxyAt(adminAddress(pod)))
                .filter(DashboardView.Proxy::online)
                .isPresent();
    }

    private static String adminAddress(Pod pod) {
        return pod.getStatus().getPodIP() + ":" + ObjectNames.PROXY_ADMIN_PORT;
    }

    /** Where backups go into a directory they stay on the node of the first: their files are there. */
    private void keepBackups() {
        Optional<CronJob> there = live.backupSchedule();
        Optional<String> node = there.flatMap(BackupObjects::nodeOf)
                .or(() -> live.pods("server").stream()
                        .map(pod -> pod.getSpec().getNodeName())
                        .findFirst());
        desired.backupClaim().filter(claim -> live.current(claim).isEmpty()).ifPresent(this::apply);
        desired.backups(node).ifPresentOrElse(this::apply, () -> there.ifPresent(this::delete));
    }

    /**
     * Fails where {@link #maintain} or {@link #apply} would be refused by volumes or the API server; changes nothing. Groups
     * are alike, so one of them stands for all.
     */
    public void rehearse() {
        live.serverSets()
                .forEach((group, set) ->
                        Volumes.refuse(set, desired.servers(group, set.getSpec().getReplicas()), live.claims()));
        StatefulSet first = desired.servers(1, wanted.spec().redis().perGroup());
        // where volumes grow the set is made anew: that is no change of it
        StatefulSet servers = Optional.ofNullable(live.serverSets().get(1))
                .map(set -> Volumes.like(set, first))
                .orElse(first);
        desired.surroundings(List.of(1)).forEach(applier::rehearse);
        applier.rehearse(servers);
        for (Part part : Part.values()) {
            applier.rehearse(desired.part(part));
        }
        applier.rehearse(desired.proxies(1));
        desired.backups(Optional.of("any")).ifPresent(applier::rehearse);
    }

    /**
     * Repairs what is there already and should be otherwise; starts nothing.
     *
     * @return Deployments whose pods are made anew from now on
     */
    public List<String> maintain() {
        var groups = new TreeSet<>(live.serverSets().keySet());
        for (int group = 1; group <= wanted.spec().redis().groups(); group++) {
            groups.add(group);
        }
        desired.surroundings(groups).forEach(this::apply);
        if (wanted.spec().proxy().autoscaling().isEmpty()) {
            live.autoscaler().ifPresent(this::delete);
        }
        live.budgets().tailMap(groups.last() + 1).values().forEach(this::delete);
        live.clusterSecret().flatMap(desired::exporterLogin).ifPresent(this::apply);
        keepBackups();
        var volumes = new Volumes(client);
        live.serverSets().forEach((group, set) -> {
            StatefulSet servers = desired.servers(group, set.getSpec().getReplicas());
            if (volumes.grow(set, servers, live.claims())) {
                applier.remember(servers);
            } else {
                apply(servers);
            }
        });
        var rolling = new ArrayList<String>();
        for (Part part : Part.values()) {
            live.deployment(part.toString()).ifPresent(there -> keep(there, desired.part(part), rolling));
        }
        int proxies = wanted.spec().proxy().replicas();
        live.deployment("proxy").ifPresent(there -> {
            letGo(there);
            keep(there, desired.proxies(Math.max(there.getSpec().getReplicas(), proxies), serving(there)), rolling);
        });
        return rolling;
    }

    /** The number of proxies belongs to their autoscaler, and stays within its bounds while that does not work. */
    private void letGo(Deployment proxies) {
        int now = proxies.getSpec().getReplicas();
        int within = wanted.spec().proxy().replicas();
        if (wanted.spec().proxy().autoscaling().isPresent() && (now != within || Applier.ownsReplicas(proxies))) {
            applier.letGo(proxies, within);
        }
    }

    /** Without an available proxy, or without slots, there are no clients, and what takes the room of another may go at once. */
    private boolean serving(Deployment proxies) {
        boolean available = Optional.ofNullable(proxies.getStatus())
                .map(DeploymentStatus::getAvailableReplicas)
                .filter(number -> number > 0)
                .isPresent();
        boolean unassigned = view.filter(known -> Arrays.stream(known.owners()).allMatch(owner -> owner == 0))
                .isPresent();
        return available && !unassigned;
    }

    private void keep(Deployment there, Deployment deployment, List<String> rolling) {
        applier.apply(deployment, live.current(deployment)).ifPresent(now -> {
            String name = now.getMetadata().getName();
            changed.add(name);
            if (!now.getSpec().getTemplate().equals(there.getSpec().getTemplate())) {
                rolling.add(name);
            }
        });
    }

    /** Deployments that still have pods as they were before a change. */
    public List<String> replacing() {
        return live.deployments().stream()
                .filter(each -> changed.contains(each.getMetadata().getName()) || !rolled(each))
                .map(each -> each.getMetadata().getName())
                .toList();
    }

    private static boolean rolled(Deployment deployment) {
        DeploymentStatus status = deployment.getStatus();
        return status != null
                && Objects.equals(
                        status.getObservedGeneration(), deployment.getMetadata().getGeneration())
                && Objects.equals(status.getReplicas(), status.getUpdatedReplicas());
    }

    /** Proxies whose pods are gone are taken out, so that no change of routes waits for them. */
    public void forgetLostProxies() {
        Set<String> there =
                live.pods("proxy").stream().map(KubernetesDriver::adminAddress).collect(Collectors.toSet());
        view.stream()
                .flatMap(known -> known.proxies().stream())
                .filter(proxy -> !proxy.online() && !there.contains(proxy.adminAddress()))
                .forEach(proxy -> dashboard.orElseThrow().removeProxy(proxy.token(), true));
    }

    @Override
    public void apply(Step step) {
        switch (step) {
            case Step.StartPart(Part part) -> apply(desired.part(part));
            case Step.StopPart(Part part) -> live.deployment(part.toString()).ifPresent(this::delete);
            case Step.StartServer(MemberId member) -> startServer(member);
            case Step.RestartServer(MemberId member) -> restart(member);
            case Step.StartProxy(int ordinal) -> applyProxies();
            case Step.RemoveProxy(int ordinal) -> applyProxies();
            case Step.DiscardServer(MemberId member) -> discard(member);
            case Step.ForDashboard asked -> ask(asked);
        }
    }

    private void startServer(MemberId member) {
        int group = member.group();
        refuseToPassOver(member);
        int whole =
                group <= wanted.spec().redis().groups() ? wanted.spec().redis().perGroup() : 0;
        int there = Math.max(live.servers(group), live.lastPod(group));
        StatefulSet servers = desired.servers(group, Math.max(Math.max(whole, there), member.ordinal()));
        live.current(servers)
                .filter(set -> set.getMetadata().getDeletionTimestamp() != null)
                .ifPresent(set -> {
                    throw new CodisException(
                            Reason.NOT_READY,
                            "waiting until " + set.getMetadata().getName() + " is gone, to make it anew");
                });
        apply(servers);
    }

    /** Roles change hands through the dashboard: while it is replaced itself, no server that serves is ended. */
    private void restart(MemberId member) {
        String dashboard = names.deployment(Part.DASHBOARD.toString());
        if (serverPods.run(member).freshness() == Freshness.BEHIND
                && replacing().contains(dashboard)) {
            throw new CodisException(
                    Reason.NOT_READY,
                    names.pod(member) + " is restarted when the pods of " + dashboard + " are replaced");
        }
        serverPods.restart(member, client);
    }

    /** Servers without storage beside the volumes of a former cluster would begin empty, and its data be forgotten. */
    private void refuseToPassOver(MemberId member) {
        String claim = names.claim(member);
        boolean kept = live.claims().stream()
                .anyMatch(each -> each.getMetadata().getName().equals(claim));
        if (kept && !wanted.spec().redis().extras().persistent()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "spec.redisSpec.storageResources: missing, and claim " + claim
                            + " has the data of a former cluster of"
                            + " this name; ask for storage as it did, or kubectl delete pvc " + claim);
        }
    }

    /** The volume goes before the pod, so that a crash in between leaves nothing that could come back. */
    private void discard(MemberId member) {
        for (int ordinal = member.ordinal();
                ordinal <= Math.max(member.ordinal(), live.servers(member.group()));
                ordinal++) {
            client.resources(PersistentVolumeClaim.class)
                    .inNamespace(names.namespace())
                    .withName(names.claim(new MemberId(member.group(), ordinal)))
                    .delete();
        }
        if (member.ordinal() == 1) {
            Optional.ofNullable(live.serverSets().get(member.group())).ifPresent(this::delete);
        } else {
            apply(desired.servers(member.group(), member.ordinal() - 1));
        }
    }

    private void ask(Step.ForDashboard step) {
        DashboardApi api = dashboard.orElseThrow(
                () -> new CodisException(Reason.NOT_READY, "waiting until the dashboard has a pod"));
        if (step instanceof Step.AwaitInSync(int group) && serverPods.disturbed(group)) {
            throw new CodisException(Reason.TIMED_OUT, "waiting until all of group " + group + " are in sync");
        }
        new DashboardSteps(api, addresses(), Patience.NONE).apply(step);
    }

    private DashboardSteps.Addresses addresses() {
        return new DashboardSteps.Addresses() {
            @Override
            public String server(MemberId member) {
                return names.address(member);
            }

            @Override
            public String name(MemberId member) {
                return names.pod(member);
            }

            @Override
            public String proxyAdmin(int ordinal) {
                List<Pod> offline =
                        live.pods("proxy").stream().filter(pod -> !online(pod)).toList();
                return offline.isEmpty() ? "no pod yet" : adminAddress(offline.getFirst());
            }

            @Override
            public String name(String address) {
                return names.podAt(address);
            }

            @Override
            public boolean starting(String address) {
                return names.memberAt(address)
                        .flatMap(member -> live.pod(names.pod(member)))
                        .filter(pod -> Startup.underWay(pod, Instant.now()))
                        .isPresent();
            }

            @Override
            public String codis(String arguments) {
                return "codis --context CONTEXT -n %s --cluster %s %s"
                        .formatted(names.namespace(), names.cluster(), arguments);
            }
        };
    }

    private void applyProxies() {
        boolean serving = live.deployment("proxy").map(this::serving).orElse(false);
        Deployment proxies = desired.proxies(wanted.spec().proxy().replicas(), serving);
        apply(proxies);
        if (wanted.spec().proxy().autoscaling().isPresent()) {
            applier.letGo(proxies, wanted.spec().proxy().replicas());
        }
    }

    private void apply(HasMetadata object) {
        applier.apply(object, live.current(object));
    }

    private void delete(HasMetadata object) {
        client.resource(object).delete();
    }
}
