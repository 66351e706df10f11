package io.codis.dashboard.proxy;

import io.codis.core.problem.CodisException;
import io.codis.core.topology.Admission;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Routes;
import io.codis.core.topology.Topology;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.RouteTable.GroupRoute;
import io.codis.core.wire.RouteTable.MoveRoute;
import io.codis.infra.net.Names;
import io.codis.infra.secret.ClusterSecret;

/** The route table of one proxy with its secrets filled in. */
final class RouteTables {

    private final ClusterSecret secret;

    RouteTables(ClusterSecret secret) {
        this.secret = secret;
    }

    RouteTable of(Topology topology, ProxyEntry proxy) {
        RouteTable plain = Routes.of(topology);
        var moves = plain.moves().stream()
                .map(move -> new MoveRoute(
                        move.source(), move.target(), login(move.credentials().user())))
                .toList();
        var groups = plain.groups().stream().map(RouteTables::resolved).toList();
        return new RouteTable(plain.epoch(), plain.version(), login(user(proxy)), groups, plain.slots(), moves);
    }

    /**
     * Proxies, and the engines that they have copy keys, get addresses: no request waits for a name service. Candidates keep
     * their names, by which masters know them.
     */
    private static GroupRoute resolved(GroupRoute group) {
        var replicas = group.replicas().stream().map(RouteTables::address).toList();
        return new GroupRoute(group.id(), address(group.master()), group.candidates(), replicas);
    }

    /** A name without an address now stays a name: the proxy has to wait for it then. */
    private static String address(String server) {
        try {
            return Names.resolved(server);
        } catch (CodisException e) {
            return server;
        }
    }

    /** The same requests go the same way, whatever the version says. */
    static boolean sameRoutes(RouteTable a, RouteTable b) {
        return a.epoch() == b.epoch() && atVersion(a, 0).equals(atVersion(b, 0));
    }

    /**
     * The proxy's user name. One that is not admitted gets a name that no engine knows: its connections are refused at
     * the login, which a proxy holds and retries, instead of at a client's command.
     */
    static String user(ProxyEntry proxy) {
        long generation = switch (proxy.admission()) {
            case Admission.Joining ignored -> 0;
            case Admission.Admitted admitted -> admitted.generation();
            case Admission.Evicted evicted -> evicted.generation();
        };
        return "proxy-" + proxy.id() + "-" + generation;
    }

    private Credentials login(String user) {
        return new Credentials(user, secret.derive(user));
    }

    private static RouteTable atVersion(RouteTable table, long version) {
        return new RouteTable(
                table.epoch(), version, table.credentials(), table.groups(), table.slots(), table.moves());
    }
}
