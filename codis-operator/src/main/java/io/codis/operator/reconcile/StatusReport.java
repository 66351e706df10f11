package io.codis.operator.reconcile;

import io.codis.core.plan.Plan;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.ServiceType;
import io.codis.infra.dashboard.DashboardView;
import io.codis.operator.api.ClusterStatus;
import io.codis.operator.api.ClusterStatus.Condition;
import io.codis.operator.api.ClusterStatus.Endpoint;
import io.codis.operator.api.ClusterStatus.GroupStatus;
import io.codis.operator.api.ClusterStatus.Progress;
import io.codis.operator.api.ClusterStatus.Summary;
import io.codis.operator.desired.ObjectNames;
import io.codis.operator.desired.Wanted;
import io.codis.operator.drive.Live;
import io.codis.operator.reconcile.Troubles.Trouble;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts together what is known of a cluster. */
final class StatusReport {

    /**
     * How a pass ended.
     *
     * @param plan that was begun
     * @param reason of the step that did not end, empty if there is none
     * @param message the same for people
     */
    record Outcome(Plan plan, Optional<Reason> reason, String message) {

        /** Nothing is left to do or to wait for. */
        boolean done() {
            return plan.isEmpty() && reason.isEmpty();
        }
    }

    /** Conditions that are there only while they hold. */
    static final String BACKUPS = "BackupsRunning";

    private static final String AVAILABLE = "Available";
    static final String LEFT_OUT = "SettingsLeftOut";

    static final String FENCED = Reason.FENCED.word();

    static final String DATA_GONE = Reason.DATA_GONE.word();

    private static final int TROUBLES_SHOWN = 3;

    private final Wanted wanted;
    private final ObjectNames names;
    private final Live live;
    private final Optional<DashboardView> view;
    private final RollReport roll;

    StatusReport(Wanted wanted, Live live, Optional<DashboardView> view, RollReport roll) {
        this.wanted = wanted;
        this.names = wanted.names();
        this.live = live;
        this.view = view;
        this.roll = roll;
    }

    /**
     * @param troubles of pods
     * @param figures that it is to show
     */
    ClusterStatus status(Outcome outcome, List<Trouble> troubles, Optional<ClusterStatus> before, Figures figures) {
        boolean wasReady =
                before.map(ClusterStatus::phase).filter("Starting"::equals).isEmpty() && before.isPresent();
        String phase = phase(outcome, wasReady);
        List<Endpoint> addresses = addresses();
        Optional<Progress> progress = progress(figures);
        String doing = progress.map(moves -> inWords(outcome.message(), moves)).orElse(outcome.message());
        // also of a cluster that is Ready: servers that are fenced, or do not take a setting, are no reason to wait
        String message = Stream.of(
                        Stream.of(doing), troubles.stream().limit(1).map(Trouble::message), Stream.of(fences()))
                .flatMap(each -> each)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
        return new ClusterStatus(
                wanted.resource().getMetadata().getGeneration(),
                phase,
                message.isEmpty() ? null : message,
                addresses.stream()
                        .filter(each -> each.part().equals("proxy"))
                        .map(Endpoint::address)
                        .findFirst()
                        .orElse(null),
                view.isEmpty() && wasReady ? summary("?", "?", "?", "?") : summary(),
                live.serverSets().values().stream()
                        .mapToInt(set -> set.getSpec().getReplicas())
                        .sum(),
                names.selector("server").entrySet().stream()
                        .map(Map.Entry::toString)
                        .collect(Collectors.joining(",")),
                conditions(outcome, troubles, before),
                image(outcome, before),
                progress.orElse(null),
                view.isEmpty() ? before.map(ClusterStatus::groups).orElse(List.of()) : groups(figures),
                figures.at().toString(),
                addresses);
    }

    /** A new one counts when all run it: until then whoever takes its name back has the former one again. */
    private @Nullable String image(Outcome outcome, Optional<ClusterStatus> before) {
        return outcome.done() || wanted.spec().codisImage().isEmpty()
                ? wanted.image()
                : before.map(ClusterStatus::image).orElse(null);
    }

    private String phase(Outcome outcome, boolean wasReady) {
        if (wanted.paused()) {
            return Reason.PAUSED.word();
        }
        return outcome.done() ? "Ready" : failed(outcome) ? "Degraded" : wasReady ? "Changing" : "Starting";
    }

    private Optional<Progress> progress(Figures figures) {
        return view.map(DashboardView::moving)
                .filter(moving -> moving > 0)
                .map(moving -> new Progress(
                        moving,
                        figures.moves().keysPerSecond(),
                        Optional.ofNullable(figures.moves().eta())
                                .map(Instant::toString)
                                .orElse(null),
                        figures.moves().problem()));
    }

    /** {@code 312 slots still move, 12300 keys/s, until about 2026-01-31 10:03:20 UTC}. */
    private static String inWords(String doing, Progress moves) {
        var words = new ArrayList<String>();
        words.add(doing.isEmpty() ? moves.moving() + " slots move" : doing);
        Optional.ofNullable(moves.keysPerSecond())
                .filter(rate -> rate > 0)
                .ifPresent(rate -> words.add(rate + " keys/s"));
        Optional.ofNullable(moves.eta())
                .ifPresent(
                        eta -> words.add("until about " + eta.replace("T", " ").replace("Z", " UTC")));
        String text = String.join(", ", words);
        return moves.problem() == null ? text : text + "; " + moves.problem();
    }

    private List<Condition> conditions(Outcome outcome, List<Trouble> troubles, Optional<ClusterStatus> before) {
        var conditions = new Conditions(
                before.map(ClusterStatus::conditions).orElse(null),
                wanted.resource().getMetadata().getGeneration());
        boolean ready = outcome.done();
        String reason = outcome.reason().map(Reason::word).orElse(ready ? "AllWell" : "Working");
        List<Condition> all = new ArrayList<>();
        all.add(conditions.of("Ready", ready, ready ? "AllWell" : reason, outcome.message()));
        all.add(available(conditions));
        all.add(conditions.of(
                "Progressing", !ready && !failed(outcome) && !wanted.paused(), reason, outcome.message()));
        all.add(roll.condition(conditions));
        all.add(conditions.of(
                "PodsRunning",
                troubles.isEmpty(),
                troubles.isEmpty() ? "AllWell" : troubles.getFirst().reason(),
                troubles.stream().limit(TROUBLES_SHOWN).map(Trouble::message).collect(Collectors.joining("; "))));
        String gone = view.map(DashboardView::notices).orElse(List.of()).stream()
                .filter(notice -> notice.reason() == Reason.DATA_GONE)
                .map(DashboardView.Notice::message)
                .collect(Collectors.joining("; "));
        if (!gone.isEmpty()) {
            all.add(conditions.of(DATA_GONE, true, DATA_GONE, gone));
        }
        String fences = fences();
        if (!fences.isEmpty()) {
            all.add(conditions.of(FENCED, true, FENCED, fences));
        }
        wanted.spec()
                .redis()
                .settingsLeftOut()
                .ifPresent(what -> all.add(conditions.of(LEFT_OUT, true, LEFT_OUT, what)));
        if (wanted.spec().redis().extras().backup().isPresent()) {
            BackupReport backups = BackupReport.of(wanted, live);
            all.add(conditions.of(BACKUPS, backups.good(), backups.reason(), backups.message()));
        }
        return all;
    }

    /** Servers that a person has taken out of their groups: nothing is wrong, and somebody should know. */
    private String fences() {
        return view
                .map(known -> known.fences(
                        names::podAt,
                        arguments -> "codis --context CONTEXT -n %s --cluster %s %s"
                                .formatted(names.namespace(), names.cluster(), arguments)))
                .orElse(List.of())
                .stream()
                .collect(Collectors.joining("; "));
    }

    /** Whether clients are served, whatever else goes on: every slot has a master that serves, and a proxy is there. */
    private Condition available(Conditions conditions) {
        if (view.isEmpty()) {
            return conditions.unknown(AVAILABLE, Conditions.SILENT, "the dashboard does not say who serves");
        }
        DashboardView now = view.get();
        var missing = new ArrayList<String>();
        now.groups().stream()
                .filter(group -> now.owned(group.id()) > 0 && !serves(group))
                .forEach(group -> missing.add("group " + group.id() + " has no master that serves"));
        long offline = Arrays.stream(now.owners()).filter(owner -> owner == 0).count();
        if (offline > 0) {
            missing.add(offline + " slots have no group");
        }
        if (now.proxies().stream().noneMatch(DashboardView.Proxy::online)) {
            missing.add("no proxy is online");
        }
        return conditions.of(
                AVAILABLE, missing.isEmpty(), missing.isEmpty() ? "Serving" : "NotServing", String.join("; ", missing));
    }

    private static boolean failed(Outcome outcome) {
        return outcome.reason()
                .filter(reason -> !ClusterReconciler.PASSING.contains(reason))
                .isPresent();
    }

    private Summary summary() {
        List<DashboardView.Group> groups = view.map(DashboardView::groups).orElse(List.of());
        long assigned = Arrays.stream(view.map(DashboardView::owners).orElse(new int[0]))
                .filter(owner -> owner != 0)
                .count();
        long serving = groups.stream().filter(StatusReport::serves).count();
        long servers = groups.stream().mapToLong(StatusReport::goodServers).sum();
        long proxies = view.map(DashboardView::proxies).orElse(List.of()).stream()
                .filter(DashboardView.Proxy::online)
                .count();
        return summary(serving, assigned, servers, proxies);
    }

    /** As have/want; {@code ?} while the dashboard is silent: nothing is known to be missing. */
    private Summary summary(Object groups, Object slots, Object servers, Object proxies) {
        CodisClusterSpec spec = wanted.spec();
        return new Summary(
                groups + "/" + spec.redis().groups(),
                slots + "/" + SlotHash.SLOTS,
                servers + "/" + spec.redis().replicas(),
                proxies + "/" + spec.proxy().replicas());
    }

    private static boolean serves(DashboardView.Group group) {
        return group.master().filter(DashboardView.Server::serves).isPresent();
    }

    static long goodServers(DashboardView.Group group) {
        String master = group.master().map(DashboardView.Server::address).orElse("");
        return group.servers().stream()
                .filter(server -> server.address().equals(master) ? server.serves() : server.inSyncWith(master))
                .count();
    }

    private List<GroupStatus> groups(Figures figures) {
        return view.map(DashboardView::groups).orElse(List.of()).stream()
                .map(group -> new GroupStatus(
                        group.id(),
                        view.orElseThrow().owned(group.id()),
                        group.master()
                                .map(server -> names.podAt(server.address()))
                                .orElse(null),
                        group.servers().stream()
                                .skip(1)
                                .map(server -> names.podAt(server.address()))
                                .toList(),
                        figures.of(group.id()).keys(),
                        figures.of(group.id()).memory(),
                        figures.of(group.id()).lag()))
                .toList();
    }

    private List<Endpoint> addresses() {
        var all = new ArrayList<Endpoint>();
        all.addAll(addresses("proxy", wanted.spec().proxy().exposure().type()));
        all.addAll(addresses("dashboard", wanted.spec().dashboard().exposure().type()));
        if (wanted.spec().fe().replicas() > 0) {
            all.addAll(addresses("fe", wanted.spec().fe().exposure().type()));
        }
        return all;
    }

    private List<Endpoint> addresses(String component, ServiceType type) {
        Optional<Service> service = live.service(component);
        if (service.isEmpty()) {
            return List.of();
        }
        ServicePort port = service.get().getSpec().getPorts().getFirst();
        List<String> hosts = switch (type) {
            case NODE_PORT ->
                live.pods(component).stream()
                        .map(Pod::getStatus)
                        .map(status -> status.getHostIP())
                        .distinct()
                        .sorted()
                        .toList();
            case LOAD_BALANCER ->
                Optional.ofNullable(service.get().getStatus()).stream()
                        .flatMap(status -> Optional.ofNullable(status.getLoadBalancer()).stream())
                        .flatMap(balancer -> balancer.getIngress().stream())
                        .map(ingress -> Optional.ofNullable(ingress.getIp()).orElse(ingress.getHostname()))
                        .toList();
            case CLUSTER_IP -> List.of(names.service(component) + "." + names.namespace() + ObjectNames.ADDRESS_SUFFIX);
        };
        int number = type == ServiceType.NODE_PORT && port.getNodePort() != null ? port.getNodePort() : port.getPort();
        return hosts.stream()
                .map(host -> new Endpoint(component, host + ":" + number))
                .toList();
    }
}
