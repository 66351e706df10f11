package io.codis.operator.drive;

import io.codis.core.plan.MemberId;
import io.codis.core.plan.Observed.Freshness;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.Standings;
import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.ObjectNames;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The servers' pods: which were made from what is wanted now, and the end of one that was not. */
final class ServerPods {

    private final Wanted wanted;
    private final ObjectNames names;
    private final DesiredCluster desired;
    private final Live live;
    private final Optional<DashboardView> view;
    private final Set<Integer> disturbed = new HashSet<>();

    ServerPods(Wanted wanted, Live live, Optional<DashboardView> view) {
        this.wanted = wanted;
        this.names = wanted.names();
        this.desired = new DesiredCluster(wanted, live::former);
        this.live = live;
        this.view = view;
    }

    /** What is known of a server that its StatefulSet has. */
    Standings.Run run(MemberId member) {
        Optional<Pod> pod = live.pod(names.pod(member)).filter(found -> !ending(found));
        boolean ready = pod.filter(Readiness::isPodReady).isPresent();
        return new Standings.Run(
                true, ready, pod.map(found -> freshness(found, member)).orElse(Freshness.CURRENT));
    }

    private Freshness freshness(Pod pod, MemberId member) {
        if (desired.current(pod, member.group())) {
            return Freshness.CURRENT;
        }
        boolean idle = holdsNothing(member.group()) || !Readiness.isPodReady(pod) && spare(pod, member);
        return idle ? Freshness.BEHIND_AND_IDLE : Freshness.BEHIND;
    }

    /**
     * The dashboard gives a group its slots only when all else is well, and all else may need the room that the servers of
     * before take; so those of a group that has none yet are not rolled but replaced.
     */
    private boolean holdsNothing(int group) {
        return group <= wanted.spec().redis().groups()
                && view.filter(known -> known.owned(group) == 0
                                && Arrays.stream(known.targets()).noneMatch(target -> target == group)
                                && known.group(group)
                                        .flatMap(DashboardView.Group::master)
                                        .filter(master -> master.keys() > 0)
                                        .isEmpty())
                        .isPresent();
    }

    /** Whether nothing is lost with a pod that is not ready: it holds no data, or its data is on a volume and not in use. */
    private boolean spare(Pod pod, MemberId member) {
        Optional<ContainerStatus> engine = engine(pod);
        if (engine.filter(ServerPods::everStarted).isEmpty()) {
            return true;
        }
        boolean idle = unserved(member.group()) && !trying(member.group());
        return wanted.spec().redis().extras().persistent() && (idle || !running(engine.get()));
    }

    /** Nobody serves it; a silent dashboard does not say so, and a server that waits for its word is soon back as it is. */
    private boolean unserved(int group) {
        return view.flatMap(known -> known.group(group))
                .filter(found ->
                        found.master().filter(DashboardView.Server::serves).isEmpty())
                .isPresent();
    }

    /** Whether a server comes up with what is wanted now is being found out; one that runs is kept for the case that none does. */
    private boolean trying(int group) {
        return IntStream.rangeClosed(1, live.servers(group))
                .mapToObj(ordinal -> live.pod(names.pod(new MemberId(group, ordinal))))
                .flatMap(Optional::stream)
                .anyMatch(pod -> desired.current(pod, group) && !Readiness.isPodReady(pod));
    }

    static Optional<ContainerStatus> engine(Pod pod) {
        return pod.getStatus() == null
                ? Optional.empty()
                : pod.getStatus().getContainerStatuses().stream()
                        .filter(status -> status.getName().equals("codis-server"))
                        .findFirst();
    }

    private static boolean running(ContainerStatus status) {
        return status.getState() != null && status.getState().getRunning() != null;
    }

    private static boolean everStarted(ContainerStatus status) {
        boolean ended = status.getState() != null && status.getState().getTerminated() != null;
        return running(status) || ended || status.getRestartCount() > 0;
    }

    /**
     * Ends a server's pod; its StatefulSet makes it anew. Goes by what the API server says now: a cache may not have heard
     * yet that another member of the group is away.
     */
    void restart(MemberId member, KubernetesClient client) {
        List<Pod> group = client.pods()
                .inNamespace(names.namespace())
                .withLabels(names.selector(member.group()))
                .list()
                .getItems();
        Optional<Pod> pod = group.stream()
                .filter(each -> each.getMetadata().getName().equals(names.pod(member)))
                .findFirst();
        disturbed.add(member.group());
        if (pod.filter(found -> !ending(found) && !desired.current(found, member.group()))
                .isEmpty()) {
            throw new CodisException(Reason.NOT_READY, "waiting until " + names.pod(member) + " is back");
        }
        if (!holdsNothing(member.group())) {
            missing(member, group).ifPresent(other -> {
                throw new CodisException(
                        Reason.NOT_READY, names.pod(member) + " is restarted when " + names.pod(other) + " is ready");
            });
        }
        client.resource(pod.orElseThrow()).delete();
    }

    /** Another member that has to be there before one that serves may go. */
    Optional<MemberId> missing(MemberId member, Collection<Pod> group) {
        if (!ready(member, group)) {
            return Optional.empty();
        }
        return IntStream.rangeClosed(1, live.servers(member.group()))
                .mapToObj(ordinal -> new MemberId(member.group(), ordinal))
                .filter(other -> !ready(other, group) && !fenced(other))
                .findFirst();
    }

    /** By a person: it is not ready until it is unfenced, and nobody needs it. */
    private boolean fenced(MemberId member) {
        return view.flatMap(known -> known.group(member.group())).stream()
                .flatMap(group -> group.servers().stream())
                .anyMatch(server ->
                        server.fenced() && names.memberAt(server.address()).equals(Optional.of(member)));
    }

    private boolean ready(MemberId member, Collection<Pod> group) {
        return group.stream()
                .filter(pod -> pod.getMetadata().getName().equals(names.pod(member)))
                .anyMatch(pod -> !ending(pod) && Readiness.isPodReady(pod));
    }

    /** In this pass: what the dashboard says of the group is of the time before. */
    boolean disturbed(int group) {
        return disturbed.contains(group);
    }

    private static boolean ending(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }
}
