package io.codis.cli.local;

import io.codis.cli.local.ClusterStatus.GroupStatus;
import io.codis.cli.local.ClusterStatus.ServerStatus;
import io.codis.cli.local.ClusterStatus.SlotCount;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.infra.dashboard.DashboardView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What the dashboard knows of slots and groups, for people.
 *
 * @param view empty while the dashboard is silent
 * @param names of servers by their addresses
 */
public record ViewStatus(Optional<DashboardView> view, UnaryOperator<String> names) {

    public SlotCount slots() {
        int[] owners = view.map(DashboardView::owners).orElse(new int[0]);
        int assigned = (int) Arrays.stream(owners).filter(owner -> owner != 0).count();
        DashboardView.Moves moves = view.map(DashboardView::moves).orElse(DashboardView.Moves.NONE);
        return new SlotCount(
                assigned,
                view.map(DashboardView::moving).orElse(0),
                SlotHash.SLOTS - assigned,
                moves.keysPerSecond(),
                moves.left().map(Duration::toSeconds).orElse(-1L));
    }

    public List<GroupStatus> groups() {
        return view.map(DashboardView::groups).orElse(List.of()).stream()
                .map(group -> new GroupStatus(group.id(), view.orElseThrow().owned(group.id()), servers(group)))
                .toList();
    }

    /** Why there is no map, or groups have no master that serves; {@code codis} as in {@link DashboardView#inWords}. */
    public List<String> standstills(UnaryOperator<String> codis) {
        return view.stream()
                .flatMap(all -> Stream.concat(
                        all.lostMap().stream(),
                        all.groups().stream().flatMap(group -> all.standstill(group.id()).stream())))
                .map(notice -> DashboardView.inWords(notice, names, codis))
                .toList();
    }

    /** As {@link DashboardView#fences}. */
    public List<String> fences(UnaryOperator<String> codis) {
        return view.map(all -> all.fences(names, codis)).orElse(List.of());
    }

    /** What engines did not take, in words. */
    public List<String> refusedSettings() {
        return view.map(all -> all.refusedSettings(names)).orElse(List.of()).stream()
                .map(words -> Reason.SETTINGS_REFUSED.word() + ": " + words + "; correct spec.redisSpec.redisConf")
                .toList();
    }

    private List<ServerStatus> servers(DashboardView.Group group) {
        var servers = new ArrayList<ServerStatus>();
        for (DashboardView.Server server : group.servers()) {
            boolean master = servers.isEmpty();
            servers.add(new ServerStatus(
                    names.apply(server.address()),
                    server.address(),
                    master ? "master" : "replica",
                    state(group, server, master),
                    server.keys(),
                    server.usedMemory()));
        }
        return servers;
    }

    private static String state(DashboardView.Group group, DashboardView.Server server, boolean master) {
        if (server.fenced()) {
            return ServerStatus.FENCED + (server.known() ? "" : ", silent");
        }
        if (!server.known()) {
            return server.error().isEmpty() ? "not seen yet" : "silent: " + server.error();
        }
        if (!server.error().isEmpty()) {
            return server.error();
        }
        if (master) {
            return server.serves() ? "serving" : "fenced";
        }
        return server.inSyncWith(group.master().orElseThrow().address()) ? "in sync" : "catching up";
    }
}
