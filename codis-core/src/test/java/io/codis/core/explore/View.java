package io.codis.core.explore;

import io.codis.core.migration.SlotAction;
import io.codis.core.topology.Admission;
import io.codis.core.topology.Clusters;
import io.codis.core.topology.Group;
import io.codis.core.topology.Routes;
import io.codis.core.topology.Slot;
import io.codis.core.topology.Topology;
import io.codis.core.wire.RouteTable;
import java.util.Arrays;

/** One topology and the routes that follow from it, as small numbers: servers 0 and 1 are group 1, 2 and 3 group 2. */
final class View {

    static final int SLOTS = 2;
    static final int SERVERS = 4;
    static final int PROXIES = 2;

    final Topology topology;
    final RouteTable table;
    /** By slot: the group that serves it, the group that keys still come from (or 0), and whether requests wait. */
    final int[] group = new int[SLOTS];

    final int[] source = new int[SLOTS];
    final boolean[] locked = new boolean[SLOTS];
    /** By group: server number of the master, and a bit for every server whose acknowledgement counts. */
    final int[] master = {-1, -1, -1};

    final int[] awaited = new int[3];
    /** By source group: n of the login in the table, 0 when nothing moves. */
    final int[] moveLogin = new int[3];
    /** By proxy: n of its login, 0 unless admitted. */
    final int[] login = new int[PROXIES];

    View(Topology topology) {
        this.topology = topology;
        this.table = Routes.of(topology);
        for (var range : table.slots()) {
            for (int slot = Math.max(0, range.from()); slot <= Math.min(SLOTS - 1, range.to()); slot++) {
                group[slot] = range.group();
                source[slot] = range.source();
                locked[slot] = range.locked();
            }
        }
        // groups that no slot names are not in the table
        topology.groups().forEach((id, g) -> g.master().ifPresent(m -> master[id] = server(m.address())));
        for (var route : table.groups()) {
            master[route.id()] = server(route.master());
            for (String candidate : route.candidates()) {
                awaited[route.id()] |= 1 << server(candidate);
            }
        }
        for (var move : table.moves()) {
            String user = move.credentials().user();
            moveLogin[move.source()] = Integer.parseInt(user.substring(user.lastIndexOf('-') + 1));
        }
        for (int p = 0; p < PROXIES; p++) {
            var proxy = topology.proxies().get(token(p));
            login[p] = proxy != null && proxy.admission() instanceof Admission.Admitted(long n) ? (int) n : 0;
        }
    }

    static int server(String address) {
        int g = address.charAt(0) - '0';
        int n = address.charAt(2) - '0';
        return 2 * (g - 1) + n - 1;
    }

    static String address(int server) {
        return Clusters.server(groupOf(server), server % 2 + 1);
    }

    static int groupOf(int server) {
        return server / 2 + 1;
    }

    static String token(int proxy) {
        return "p" + proxy;
    }

    Slot slot(int id) {
        return topology.slot(id);
    }

    SlotAction action(int slot) {
        return topology.slot(slot).action();
    }

    Group group(int id) {
        return topology.group(id);
    }

    int leaderEpoch() {
        return (int) topology.leaderEpoch();
    }

    /** Newer than another one in the order by which a proxy takes a table. */
    boolean newerThan(View other) {
        return table.epoch() != other.table.epoch()
                ? table.epoch() > other.table.epoch()
                : table.version() > other.table.version();
    }

    /** The table says the same of this slot. */
    boolean sameRoute(View other, int slot) {
        return group[slot] == other.group[slot]
                && source[slot] == other.source[slot]
                && locked[slot] == other.locked[slot]
                && sameGroup(other, group[slot])
                && sameGroup(other, source[slot])
                && moveLogin[source[slot]] == other.moveLogin[source[slot]];
    }

    private boolean sameGroup(View other, int id) {
        return id == 0 || (master[id] == other.master[id] && awaited[id] == other.awaited[id]);
    }

    /** Everything asked for has been done: no slot moves and no master changes. */
    boolean quiet() {
        boolean still = Arrays.stream(new int[] {0, 1}).allMatch(s -> slot(s).idle());
        return still
                && topology.groups().values().stream()
                        .allMatch(g -> g.promotion() instanceof io.codis.core.failover.Promotion.None);
    }
}
