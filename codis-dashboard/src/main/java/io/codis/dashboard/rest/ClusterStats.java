package io.codis.dashboard.rest;

import io.codis.core.codis3.GroupNode;
import io.codis.core.codis3.Projection;
import io.codis.core.codis3.ProxyNode;
import io.codis.core.codis3.ProxyStats;
import io.codis.core.codis3.SentinelNode;
import io.codis.core.codis3.SlotMapping;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Topology;
import io.codis.core.wire.TakenSettings;
import io.codis.dashboard.migration.MoveProgress;
import io.codis.dashboard.stats.Conditions.Condition;
import io.codis.dashboard.stats.StatsEntry;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that can be seen of the cluster ({@code GET /topom/stats}); keys as in Codis 3.2, ours at the end.
 *
 * @param conditions what somebody should know now
 * @param roles by group id
 * @param liveSettings how far servers are with them, by address
 * @param fenced servers that a person has fenced
 */
public record ClusterStats(
        boolean closed,
        List<SlotMapping> slots,
        Models<GroupNode, Map<String, String>> group,
        Models<ProxyNode, ProxyStats> proxy,
        SlotActions slotAction,
        SentinelStats sentinels,
        List<Condition> conditions,
        Leader leader,
        Map<String, Roles> roles,
        Map<String, String> admissions,
        Map<String, TakenSettings> liveSettings,
        List<String> fenced) {

    /** @param stats by server address or by token */
    public record Models<M, S>(List<M> models, Map<String, StatsEntry<S>> stats) {}

    /**
     * @param executor groups that are searched for keys at this moment
     * @param moves those that have not ended
     */
    public record SlotActions(
            int interval, boolean disabled, Progress progress, int executor, List<MoveProgress.View> moves) {}

    public record Progress(String status) {}

    public record SentinelStats(SentinelNode model, Map<String, Object> stats, Map<String, String> masters) {}

    /** Of this dashboard and of what it has stored. */
    public record Leader(long epoch, long version, String clusterId) {}

    /**
     * @param master empty while the group has none
     * @param candidates replicas that may be promoted
     * @param awaited replicas whose acknowledgement counts
     */
    public record Roles(String master, long epoch, List<String> candidates, List<String> awaited) {}

    static ClusterStats of(Control control) {
        Topology topology = control.topology();
        return new ClusterStats(
                false,
                topology.slots().stream().map(Projection::of).toList(),
                new Models<>(
                        topology.groups().values().stream().map(Projection::of).toList(),
                        control.watches().servers().seen()),
                new Models<>(
                        topology.proxies().values().stream()
                                .sorted(Comparator.comparingInt(ProxyEntry::id))
                                .map(Projection::of)
                                .toList(),
                        control.watches().proxies().seen()),
                slotActions(control),
                new SentinelStats(Projection.of(topology.sentinels()), Map.of(), Map.of()),
                control.conditions().list(),
                new Leader(control.state().leaderEpoch(), topology.version(), topology.clusterId()),
                roles(topology),
                admissions(topology),
                liveSettings(control, topology),
                topology.groups().values().stream()
                        .flatMap(group -> group.fenced().stream())
                        .sorted()
                        .toList());
    }

    private static Map<String, TakenSettings> liveSettings(Control control, Topology topology) {
        var settings = new TreeMap<>(control.watches().liveSettings());
        settings.keySet()
                .retainAll(topology.groups().values().stream()
                        .flatMap(group -> group.members().stream())
                        .map(Member::address)
                        .toList());
        return settings;
    }

    private static SlotActions slotActions(Control control) {
        var settings = control.moves().settings();
        var mover = control.moves().mover();
        return new SlotActions(
                settings.interval(),
                settings.disabled(),
                new Progress(status(control)),
                mover.executors(),
                mover.running());
    }

    /** One line in the form of Codis: the lowest slot on its way, or what went wrong. */
    private static String status(Control control) {
        for (MoveProgress.View move : control.moves().mover().running()) {
            int slot = control.topology().slots().stream()
                    .filter(s -> s.group() == move.source() && !s.idle())
                    .mapToInt(s -> s.id())
                    .findFirst()
                    .orElse(0);
            if (!move.status().isEmpty()) {
                return String.format(Locale.ROOT, "[ERROR] Slot[%04d]: %s", slot, move.status());
            }
            long left = Math.max(0, move.keysTotal() - move.keysMoved());
            return String.format(Locale.ROOT, "[OK] Slot[%04d]@DB[%d]=%d", slot, 0, left);
        }
        return "";
    }

    private static Map<String, Roles> roles(Topology topology) {
        var roles = new TreeMap<String, Roles>();
        for (Group group : topology.groups().values()) {
            String master =
                    group.initialized() ? group.master().map(Member::address).orElse("") : "";
            roles.put("" + group.id(), new Roles(master, group.epoch(), group.candidates(), group.awaited()));
        }
        return roles;
    }

    private static Map<String, String> admissions(Topology topology) {
        var admissions = new TreeMap<String, String>();
        topology.proxies()
                .forEach((token, proxy) -> admissions.put(
                        token, proxy.admission().getClass().getSimpleName().toLowerCase(Locale.ROOT)));
        return admissions;
    }
}
