package io.codis.infra.dashboard;

import io.codis.core.plan.MemberId;
import io.codis.core.plan.Observed;
import io.codis.core.plan.Observed.Freshness;
import io.codis.core.plan.Observed.Manager;
import io.codis.core.plan.Observed.Standing;
import io.codis.core.slot.SlotHash;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What the planner wants to know of groups and slots: the dashboard's view joined with the servers that a runtime has.
 *
 * @param view empty while the dashboard is silent
 * @param addresses of members, as the dashboard knows them
 */
public record Standings(Optional<DashboardView> view, Function<MemberId, String> addresses) {

    /**
     * What a runtime knows of a server.
     *
     * @param running its process is there and is kept there
     * @param ready by its own word; the dashboard may still speak of the process before
     */
    public record Run(boolean running, boolean ready, Freshness freshness) {

        /** One that the dashboard has and the runtime has not. */
        public static final Run NONE = new Run(false, false, Freshness.CURRENT);
    }

    /** @param everRan whether a silent dashboard belongs to a cluster that exists */
    public Manager manager(boolean everRan) {
        return view.isPresent() ? Manager.ANSWERING : everRan ? Manager.SILENT : Manager.NEVER_RAN;
    }

    /** Slots that no group owns or will own. */
    public int offlineSlots() {
        return view.map(known -> (int) IntStream.range(0, known.owners().length)
                        .filter(slot -> known.owners()[slot] == 0 && known.targets()[slot] == 0)
                        .count())
                .orElse(SlotHash.SLOTS);
    }

    /**
     * All groups that the dashboard has or that have servers.
     *
     * @param servers those of the runtime
     * @param exists whether a server that neither runs nor is known to the dashboard is there at all
     */
    public SortedMap<Integer, Observed.Group> groups(Map<MemberId, Run> servers, Predicate<MemberId> exists) {
        var ids = new TreeSet<Integer>();
        servers.keySet().forEach(member -> ids.add(member.group()));
        view.ifPresent(known -> known.groups().forEach(group -> ids.add(group.id())));
        var groups = new TreeMap<Integer, Observed.Group>();
        for (int id : ids) {
            Optional<DashboardView.Group> known = view.flatMap(all -> all.group(id));
            List<Observed.Member> members = new TreeMap<>(servers)
                    .entrySet().stream()
                            .filter(server -> server.getKey().group() == id)
                            .map(server -> member(server.getKey(), server.getValue(), known))
                            .filter(member -> member.running()
                                    || member.standing() != Standing.UNKNOWN
                                    || exists.test(member.id()))
                            .toList();
            if (known.isPresent() || !members.isEmpty()) {
                groups.put(id, group(id, known, members));
            }
        }
        return groups;
    }

    private Observed.Member member(MemberId id, Run run, Optional<DashboardView.Group> known) {
        Standing told = standing(known, addresses.apply(id));
        Standing standing = told == Standing.IN_SYNC && !run.ready() ? Standing.CATCHING_UP : told;
        return new Observed.Member(id, run.running(), standing, run.freshness());
    }

    private Observed.Group group(int id, Optional<DashboardView.Group> known, List<Observed.Member> members) {
        int[] owners = view.map(DashboardView::owners).orElse(new int[0]);
        int[] targets = view.map(DashboardView::targets).orElse(new int[0]);
        int settled = 0;
        int incoming = 0;
        int outgoing = 0;
        for (int slot = 0; slot < owners.length; slot++) {
            settled += owners[slot] == id && targets[slot] == 0 ? 1 : 0;
            outgoing += owners[slot] == id && targets[slot] != 0 ? 1 : 0;
            incoming += targets[slot] == id ? 1 : 0;
        }
        long keys = known.flatMap(DashboardView.Group::master)
                .map(DashboardView.Server::keys)
                .orElse(-1L);
        return new Observed.Group(id, known.isPresent(), members, settled, incoming, outgoing, keys);
    }

    private static Standing standing(Optional<DashboardView.Group> group, String address) {
        List<DashboardView.Server> servers =
                group.map(DashboardView.Group::servers).orElse(List.of());
        for (DashboardView.Server server : servers) {
            if (server.address().equals(address)) {
                String master = servers.getFirst().address();
                if (server.fenced()) {
                    return Standing.FENCED;
                }
                boolean good = address.equals(master) ? server.serves() : server.inSyncWith(master);
                return !good ? Standing.CATCHING_UP : address.equals(master) ? Standing.MASTER : Standing.IN_SYNC;
            }
        }
        return Standing.UNKNOWN;
    }
}
