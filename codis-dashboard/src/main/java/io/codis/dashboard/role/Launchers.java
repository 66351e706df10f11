package io.codis.dashboard.role;

import io.codis.core.failover.Promotion;
import io.codis.core.problem.CodisException;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.wire.RoleOrder;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.server.LauncherClient;
import io.codis.dashboard.store.ClusterState;
import io.codis.infra.net.Names;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Orders of this leader to the launchers of a group's members. */
final class Launchers {

    private static final Duration LOOK = Duration.ofMillis(500);
    /** A promise fences, and kills an engine that does not obey; a launcher that takes longer hangs itself. */
    private static final Duration PROMISE = Duration.ofMillis(1500);

    private static final Duration ORDER = Duration.ofSeconds(3);

    private final LauncherClient looks;
    private final LauncherClient promises;
    private final LauncherClient orders;
    private final ClusterState state;

    Launchers(LauncherClient client, ClusterState state) {
        this.looks = client.within(LOOK);
        this.promises = client.within(PROMISE);
        this.orders = client.within(ORDER);
        this.state = state;
    }

    ServerState state(String server) {
        return looks.state(server);
    }

    /** Only this leader may log in at the engine, no earlier one. */
    ServerState control(String server) {
        return orders.control(server, state.leaderEpoch());
    }

    ServerState promise(String server, long epoch) {
        return promises.promise(server, state.leaderEpoch(), epoch);
    }

    ServerState fence(String server) {
        return orders.fence(server, state.leaderEpoch());
    }

    ServerState lease(String server, long epoch, long clock) {
        return looks.lease(server, state.leaderEpoch(), epoch, clock);
    }

    /** Gives the role of master to the run that was proven; {@code clock} is the launcher's in a state just seen. */
    ServerState master(Group group, Promotion.Prepared promotion, long clock) {
        return orders.role(promotion.member(), order(group, promotion.epoch(), clock, null, promotion.run()));
    }

    /** Tells a master, as just seen, its role again, with the members that the group has now. */
    ServerState again(Group group, ServerState master) {
        return orders.role(master.address(), order(group, group.epoch(), master.clock(), null, master.runId()));
    }

    /** Gives the role of a replica of the group's stored master, by an address that needs no name service. */
    ServerState replica(Group group, String server, long clock) {
        String master = group.master().map(Member::address).orElseThrow();
        return orders.role(server, order(group, group.epoch(), clock, Names.resolved(master), null));
    }

    /** The same question to all, at once; what does not answer is not in the result. */
    <T> Map<String, T> ask(Collection<String> servers, Function<String, T> question) {
        var answers = new ConcurrentHashMap<String, T>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String server : servers) {
                var ignored = threads.submit(() -> {
                    try {
                        answers.put(server, question.apply(server));
                    } catch (CodisException e) {
                        // no answer is an answer too: it is not in the map
                    }
                });
            }
        }
        return answers;
    }

    static List<String> peers(Group group) {
        return group.members().stream()
                .map(member -> LauncherClient.launcherAddress(member.address()))
                .toList();
    }

    private RoleOrder order(Group group, long epoch, long clock, @Nullable String master, @Nullable String run) {
        return new RoleOrder(
                state.topology().clusterId(), group.id(), state.leaderEpoch(), epoch, clock, master, run, peers(group));
    }
}
