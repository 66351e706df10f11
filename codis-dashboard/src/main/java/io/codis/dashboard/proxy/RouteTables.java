package io.codis.dashboard.proxy;

import io.codis.core.topology.Admission;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Routes;
import io.codis.core.topology.Topology;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.RouteTable.MoveRoute;
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
        return new RouteTable(plain.epoch(), plain.version(), login(user(proxy)), plain.groups(), plain.slots(), moves);
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
