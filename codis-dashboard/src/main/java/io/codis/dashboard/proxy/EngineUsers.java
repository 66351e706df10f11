package io.codis.dashboard.proxy;

import io.codis.core.failover.Promotion;
import io.codis.core.migration.SlotAction;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Routes;
import io.codis.core.topology.Slot;
import io.codis.core.topology.Topology;
import io.codis.dashboard.server.EngineAccess;
import io.codis.dashboard.store.ClusterState;
import io.codis.infra.redis.Command;
import io.codis.infra.redis.EngineError;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import io.codis.infra.secret.ClusterSecret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The logins of proxies and of MIGRATE at the masters, brought into line with the stored topology.
 *
 * <p>A login that the topology does not name is deleted, which also cuts its connections. A proxy's login is made only
 * after the proxy has confirmed a route of its admission's version or newer. The topology is read under the server's
 * lock, so that of an eviction and a switching-on at the same time the eviction is the later.
 */
public final class EngineUsers {

    /**
     * Everything that clients may do through a proxy, and what a proxy needs to move keys on touch and to prove that a broken
     * connection's commands have ended. Not in it: whatever changes the server, its role, its users or other clients.
     */
    static final List<String> PROXY_RULES = List.of(
            "~*",
            "&*",
            "+@all",
            "-@admin",
            "-@dangerous",
            "+client|id",
            "+client|kill",
            "+client|setname",
            "+client|getname",
            "+client|unblock",
            "+client|reply",
            "+client|tracking",
            "+client|caching",
            "+info",
            "+migrate",
            "+restore",
            "+sort",
            "+keys",
            "+flushdb",
            "+flushall");

    /** What MIGRATE sends to its target. */
    static final List<String> MOVE_RULES = List.of("~*", "+restore", "+restore-asking", "+select", "+ping");

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final ClusterState state;
    private final EngineAccess engines;
    private final ClusterSecret secret;
    private final Predicate<ProxyEntry> confirmed;
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    /** @param confirmed whether the proxy has confirmed a route of its admission's version or newer to this leader */
    public EngineUsers(
            ClusterState state, EngineAccess engines, ClusterSecret secret, Predicate<ProxyEntry> confirmed) {
        this.state = state;
        this.engines = engines;
        this.secret = secret;
        this.confirmed = confirmed;
    }

    /**
     * Makes the engine's logins what the topology says: a master gets those of proxies and of moves into its group, a
     * replica that may serve reads those of proxies; what the topology does not name at all is deleted everywhere.
     *
     * @throws CodisException when the engine cannot be told; nothing is known about it then
     */
    public void reconcile(String server) {
        synchronized (locks.computeIfAbsent(server, ignored -> new Object())) {
            try (var engine = engines.open(server, TIMEOUT)) {
                Topology topology = state.topology();
                var present = present(engine);
                var wanted = wanted(topology, server);
                var allowed = new HashSet<>(wanted);
                topology.admittedProxies().forEach(proxy -> allowed.add(RouteTables.user(proxy)));
                apply(engine, missing(wanted, present), surplus(present, allowed));
            }
        }
    }

    /** The user names with which keys may enter the master of {@code target} now. */
    static Set<String> moveUsers(Topology topology, int target) {
        var users = new TreeSet<String>();
        for (Slot slot : topology.slots()) {
            if (slot.group() != 0 && slot.action().target() == target && entering(slot.action())) {
                users.add(Routes.moveUser(topology.group(slot.group())));
            }
        }
        return users;
    }

    private static boolean entering(SlotAction action) {
        return switch (action) {
            case SlotAction.Idle ignored -> false;
            case SlotAction.Pending ignored -> false;
            case SlotAction.Preparing ignored -> false;
            case SlotAction.Swapping ignored -> false;
            case SlotAction.Prepared ignored -> true;
            case SlotAction.Migrating ignored -> true;
            case SlotAction.Finished ignored -> false;
        };
    }

    private Set<String> wanted(Topology topology, String server) {
        var wanted = new TreeSet<String>();
        Optional<Group> group = topology.groupOf(server);
        boolean master = group.isPresent() && isMaster(group.get(), server);
        boolean read = group.flatMap(g -> g.member(server))
                .filter(Member::replicaGroup)
                .isPresent();
        if (master || read) {
            topology.admittedProxies().stream().filter(confirmed).forEach(p -> wanted.add(RouteTables.user(p)));
        }
        // logins of moves are replaced when the promotion is finished
        if (group.isPresent() && group.get().indexOf(server) == 0) {
            wanted.addAll(moveUsers(topology, group.get().id()));
        }
        return wanted;
    }

    /** A member that has been given the role is prepared before the routes are opened. */
    private static boolean isMaster(Group group, String server) {
        return group.indexOf(server) == 0
                || (group.promotion() instanceof Promotion.Prepared prepared
                        && prepared.member().equals(server));
    }

    /** The master, or the one that gets the role while the group's slots are locked. */
    private static Optional<String> serving(Group group) {
        return group.promotion() instanceof Promotion.Prepared prepared
                ? Optional.of(prepared.member())
                : group.master().map(Member::address);
    }

    private static Set<String> present(RedisConnection engine) {
        var names = new HashSet<String>();
        for (Object name : Replies.list(engine.call("ACL", "USERS"))) {
            String user = Replies.text(name);
            if (user.startsWith("proxy-") || user.startsWith("mig-")) {
                names.add(user);
            }
        }
        return names;
    }

    private static List<String> missing(Set<String> wanted, Set<String> present) {
        return wanted.stream().filter(user -> !present.contains(user)).toList();
    }

    private static List<String> surplus(Set<String> present, Set<String> allowed) {
        return present.stream().filter(user -> !allowed.contains(user)).toList();
    }

    private void apply(RedisConnection engine, List<String> missing, List<String> surplus) {
        var commands = new ArrayList<Command>();
        if (!surplus.isEmpty()) {
            commands.add(Command.of("ACL", "DELUSER", surplus));
        }
        for (String user : missing) {
            var rules = user.startsWith("mig-") ? MOVE_RULES : PROXY_RULES;
            commands.add(Command.of("ACL", "SETUSER", user, "reset", "on", ">" + secret.derive(user), rules));
        }
        var replies = engine.callAll(commands);
        for (int i = 0; i < replies.size(); i++) {
            if (replies.get(i) instanceof EngineError error) {
                throw new CodisException(
                        Reason.ENGINE_REFUSED,
                        "engine " + engine.address() + ", " + commands.get(i) + ": " + error.text());
            }
        }
    }
}
