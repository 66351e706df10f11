package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.NamedMember;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A cluster as the commands use it, wherever it runs. */
public interface RunningCluster extends AutoCloseable {

    ClusterStatus status();

    /** Target group by slot; they move only with {@code confirm}, and are not waited for. */
    Map<Integer, Integer> rebalance(boolean confirm);

    /** Makes another member of the group its master, without losing anything; the new master's name. */
    String failOver(int group);

    /**
     * A group that waits for a person's decision goes on with what one member has; nothing is waited for.
     *
     * @param member its name or address; absent: the one that has most
     */
    Left acceptLoss(int group, Optional<String> member);

    /**
     * @param master its name
     * @param keys that it has, -1 if unknown
     */
    record Left(String master, long keys) {}

    /**
     * Removes what a replica has on its volume; it begins anew and takes all from its master. Not waited for.
     *
     * @param server its name or address
     * @return its name
     */
    String replaceMember(String server);

    /**
     * Takes a server out of its group until it is unfenced; a master gives its role away first.
     *
     * @param server its name or address
     */
    Fenced fence(String server);

    /** A fenced server takes part again. */
    Unfenced unfence(String server);

    /**
     * @param server its name
     * @param changed false if it was fenced before
     * @param master of the group, its name
     * @param replicas that could become master
     * @param reached its launcher has confirmed it
     */
    record Fenced(String server, int group, boolean changed, String master, int replicas, boolean reached) {}

    /**
     * @param server its name
     * @param changed it was fenced before
     */
    record Unfenced(String server, boolean changed) {}

    /** By the cluster's dashboard; {@code names} of servers by their addresses. */
    static Fenced fence(DashboardApi dashboard, String server, UnaryOperator<String> names) {
        NamedMember member = NamedMember.of(view(dashboard), server, names);
        DashboardApi.Fenced fenced =
                dashboard.fence(member.group().id(), member.server().address());
        return new Fenced(
                member.name(),
                member.group().id(),
                fenced.changed(),
                names.apply(fenced.master()),
                fenced.replicas(),
                fenced.reached());
    }

    /** As {@link #fence(DashboardApi, String, UnaryOperator)}. */
    static Unfenced unfence(DashboardApi dashboard, String server, UnaryOperator<String> names) {
        NamedMember member = NamedMember.of(view(dashboard), server, names);
        return new Unfenced(
                member.name(),
                dashboard.unfence(member.group().id(), member.server().address()));
    }

    /** A map that the coordinator has lost is what the servers that answer know; servers by their names. */
    DashboardApi.Rebuilt rebuild();

    /** By the cluster's dashboard; {@code servers} and {@code names} of them are by their addresses. */
    static DashboardApi.Rebuilt rebuild(
            DashboardApi dashboard, Collection<String> servers, UnaryOperator<String> names) {
        DashboardApi.Rebuilt rebuilt = dashboard.rebuild(servers);
        return new DashboardApi.Rebuilt(
                rebuilt.groups(),
                rebuilt.slots(),
                rebuilt.servers().stream().map(names).toList(),
                rebuilt.missing().stream().map(names).toList());
    }

    /** By the cluster's dashboard; {@code names} of servers by their addresses. */
    static Left acceptLoss(DashboardApi dashboard, int group, Optional<String> member, UnaryOperator<String> names) {
        if (member.isEmpty()) {
            DashboardApi.Left left = dashboard.acceptLoss(group);
            return new Left(names.apply(left.master()), left.keys());
        }
        DashboardView.Server chosen = view(dashboard).group(group).stream()
                .flatMap(found -> found.servers().stream())
                .filter(server ->
                        member.get().equals(server.address()) || member.get().equals(names.apply(server.address())))
                .findFirst()
                .orElseThrow(() -> new CodisException(
                        Reason.NOT_FOUND, "group " + group + " has no member " + member.get() + "; see codis status"));
        dashboard.acceptLoss(group, chosen.address());
        return new Left(names.apply(chosen.address()), chosen.keys());
    }

    /** What the dashboard says now. */
    static DashboardView view(DashboardApi dashboard) {
        return dashboard
                .view()
                .orElseThrow(() -> new CodisException(Reason.UNAVAILABLE, "the dashboard does not answer"));
    }

    @Override
    void close();
}
