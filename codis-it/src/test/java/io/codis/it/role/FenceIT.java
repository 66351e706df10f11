package io.codis.it.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.Reason;
import io.codis.core.topology.Candidacy;
import io.codis.core.topology.Member;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.role.RoleTimes;
import io.codis.infra.redis.Replies;
import io.codis.testkit.Engine;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that a person has fenced has no role, whatever happens to it and to the others (decision 35). */
class FenceIT {

    private static final RoleTimes TIMES =
            new RoleTimes(Duration.ofSeconds(4), Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofMillis(200));

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aFencedReplicaNeverBecomesMasterAndIsAnOrdinaryMemberWhenItIsUnfenced(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 3, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            LauncherServer fenced =
                    cluster.byAddress(cluster.group().candidates().getFirst());
            LauncherServer other =
                    cluster.byAddress(cluster.group().candidates().getLast());
            set(cluster, "before");

            var answer = cluster.roles().fence(RoleCluster.GROUP, fenced.address());
            assertThat(answer.changed()).isTrue();
            assertThat(answer.reached()).isTrue();
            assertThat(answer.replicas()).isEqualTo(1);
            assertThat(cluster.roles()
                            .fence(RoleCluster.GROUP, fenced.address())
                            .changed())
                    .isFalse();
            set(cluster, "behind");
            old.kill();
            cluster.await("another master", () -> cluster.master() == other);
            old.launch();
            cluster.await(
                    "the old master is a replica in sync",
                    () -> cluster.group().candidates().contains(old.address()));
            assertFenced(cluster, fenced);

            assertThat(cluster.roles().unfence(RoleCluster.GROUP, fenced.address()))
                    .isTrue();
            assertThat(cluster.roles().unfence(RoleCluster.GROUP, fenced.address()))
                    .isFalse();
            cluster.awaitReady();
            cluster.roles().switchover(RoleCluster.GROUP, fenced.address());
            assertThat(cluster.master()).isSameAs(fenced);
            assertThat(get(cluster)).isEqualTo("behind");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aFencedMasterGivesItsRoleAwayAndStaysFencedOverEverybodysDeath(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer fenced = cluster.master();
            set(cluster, "kept");

            var answer = cluster.roles().fence(RoleCluster.GROUP, fenced.address());

            assertThat(cluster.master()).isNotSameAs(fenced);
            assertThat(answer.master()).isEqualTo(cluster.master().address());
            assertThat(answer.replicas()).isZero();
            assertThat(get(cluster)).isEqualTo("kept");
            assertThatThrownBy(() -> cluster.roles()
                            .fence(RoleCluster.GROUP, cluster.master().address()))
                    .hasMessageContainingAll("would serve nobody", "unfence one of [" + fenced.address() + "]");
            assertFenced(cluster, fenced);
            fenced.kill();
            fenced.launch();
            fenced.awaitUp();
            cluster.stopLeading();
            cluster.lead();
            LauncherServer master = cluster.master();
            master.kill();
            master.launch();
            cluster.await("the master has its role again", () -> serves(master));
            assertThat(cluster.master()).isSameAs(master);
            assertFenced(cluster, fenced);

            cluster.roles().unfence(RoleCluster.GROUP, fenced.address());
            cluster.awaitReady();
            assertThat(get(cluster)).isEqualTo("kept");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void whatOnlyTheFencedMemberMayHaveIsNotGivenUpUnasked(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            LauncherServer fenced =
                    cluster.byAddress(cluster.group().candidates().getFirst());
            set(cluster, "known to both");
            cluster.roles().fence(RoleCluster.GROUP, fenced.address());

            old.kill();
            old.launch();
            old.awaitUp();

            cluster.await(
                    "a person is asked",
                    () -> cluster.notices
                            .getOrDefault(Reason.NEEDS_DECISION.word(), "")
                            .contains("is fenced by a person"));
            assertThat(cluster.notices.get(Reason.NEEDS_DECISION.word())).contains(fenced.address());
            assertFenced(cluster, fenced);
            assertThatThrownBy(() -> cluster.roles().fence(RoleCluster.GROUP, old.address()))
                    .hasMessageContaining("has no master that serves now");
            cluster.roles().unfence(RoleCluster.GROUP, fenced.address());
            cluster.roles().acceptLoss(RoleCluster.GROUP, fenced.address());
            cluster.awaitReady();
            assertThat(get(cluster)).isEqualTo("known to both");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aMasterThatHasWrittenAllOfItNeedsNoFencedMemberToComeBack(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            LauncherServer fenced =
                    cluster.byAddress(cluster.group().candidates().getFirst());
            cluster.roles().fence(RoleCluster.GROUP, fenced.address());
            cluster.await(
                    "what the fenced member has is on the master's disk",
                    () -> cluster.group()
                            .member(fenced.address())
                            .map(Member::candidacy)
                            .filter(Candidacy.OUT::equals)
                            .isPresent());
            set(cluster, "later");
            fenced.kill();

            old.kill();
            cluster.await("it is missed", () -> cluster.notices.containsKey(Reason.NOT_READY.word()));
            old.launch();

            cluster.await("the master has its role again", () -> serves(old));
            assertThat(get(cluster)).isEqualTo("later");
        }
    }

    private static boolean serves(LauncherServer server) {
        return server.tryState()
                .filter(state -> state.role() == ServerState.Role.MASTER && state.engine() == ServerState.Engine.UP)
                .isPresent();
    }

    private static void assertFenced(RoleCluster cluster, LauncherServer fenced) {
        ServerState state = fenced.state();
        assertThat(cluster.group().fenced()).containsExactly(fenced.address());
        assertThat(cluster.group().candidates()).doesNotContain(fenced.address());
        assertThat(state.role()).isEqualTo(ServerState.Role.FENCED);
        assertThat(state.linkUp()).isFalse();
    }

    private static void set(RoleCluster cluster, String value) {
        try (var client = cluster.client(cluster.master())) {
            client.call("SET", "key", value);
        }
    }

    private static String get(RoleCluster cluster) {
        try (var client = cluster.client(cluster.master())) {
            return Replies.text(client.call("GET", "key"));
        }
    }
}
