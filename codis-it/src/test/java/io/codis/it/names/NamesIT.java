package io.codis.it.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.wire.ServerState;
import io.codis.infra.redis.Replies;
import io.codis.testkit.Engines;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Safety rule 20. */
class NamesIT {

    private static final String A = "127.0.11.1";
    private static final String B = "127.0.11.2";
    private static final String C = "127.0.11.3";
    private static final String LATER = "127.0.11.4";

    @Test
    void aServerIsItsNameWhateverItsAddressIs() throws IOException {
        try (var cluster = new NamedCluster(Engines.redis7())) {
            cluster.start("a.test", A);
            cluster.start("b.test", B);
            cluster.startDashboard();
            cluster.group(1, "a.test", "b.test");
            cluster.awaitReplica(B, A);
            write(cluster, "a.test", A, 10);

            // its replicas are given the new address of the master
            cluster.eventually(() -> cluster.api("group/promote", 1, cluster.name("b.test")));
            cluster.awaitReplica(A, B);
            cluster.stop("a.test");
            cluster.start("a.test", LATER);
            cluster.awaitReplica(LATER, B);
            cluster.eventually(() -> cluster.api("group/promote", 1, cluster.name("a.test")));
            cluster.awaitMaster(LATER);
            cluster.awaitReplica(B, LATER);

            assertThat(cluster.master(1)).isEqualTo(cluster.name("a.test"));
            assertKeys(cluster, "a.test", LATER, 10);
        }
    }

    @Test
    void keysMoveBetweenServersThatAreKnownByName() throws IOException {
        try (var cluster = new NamedCluster(Engines.redis7())) {
            cluster.start("a.test", A);
            cluster.start("c.test", C);
            cluster.startDashboard();
            cluster.group(1, "a.test");
            cluster.group(2, "c.test");
            cluster.awaitMaster(A);
            cluster.awaitMaster(C);
            cluster.assignAll(1);
            write(cluster, "a.test", A, 500);

            cluster.api("slots/action/create-range", 0, 1023, 2);

            cluster.await("all keys have moved", () -> keys(cluster, "c.test", C) == 500);
            cluster.await("none is left", () -> keys(cluster, "a.test", A) == 0);
        }
    }

    /** The name service still says the old address of a server that is gone, and another group's server has it now. */
    @Test
    void anAddressThatAnotherGroupsServerHasNowBringsItNoOrderThatIsNotItsOwn() throws IOException {
        try (var cluster = new NamedCluster(Engines.redis7())) {
            cluster.start("a.test", A);
            cluster.start("b.test", B);
            cluster.start("c.test", C);
            cluster.startDashboard();
            cluster.group(1, "a.test", "b.test");
            cluster.group(2, "c.test");
            cluster.awaitReplica(B, A);
            cluster.awaitMaster(C);
            write(cluster, "a.test", A, 10);
            write(cluster, "c.test", C, 20);
            long epoch = cluster.state(C).epoch();
            cluster.eventually(() -> cluster.api("group/promote", 1, cluster.name("b.test")));
            cluster.awaitReplica(A, B);
            cluster.awaitCandidate("a.test");

            cluster.stop("b.test");
            cluster.name("b.test", C);

            // promises and the end of b's lease do not come from c
            cluster.awaitMaster(A);
            ServerState c = cluster.state(C);
            assertThat(c.role()).isEqualTo(ServerState.Role.MASTER);
            assertThat(c.epoch()).isEqualTo(epoch);
            assertThat(c.promised()).isEqualTo(epoch);
            assertKeys(cluster, "c.test", C, 20);
            cluster.start("b.test", LATER);
            cluster.awaitReplica(LATER, A);
            assertKeys(cluster, "b.test", LATER, 10);
        }
    }

    @Test
    void aRestartOfAllWithoutANameServiceEndsWhenThereIsOneAgain() throws IOException {
        try (var cluster = new NamedCluster(Engines.redis7())) {
            cluster.start("a.test", A);
            cluster.start("b.test", B);
            cluster.startDashboard();
            cluster.group(1, "a.test", "b.test");
            cluster.awaitReplica(B, A);
            write(cluster, "a.test", A, 10);
            cluster.stopDashboard();
            cluster.stop("a.test");
            cluster.stop("b.test");
            cluster.noNames();

            cluster.startUnseen("a.test", A);
            cluster.startUnseen("b.test", B);
            cluster.startDashboard();
            cluster.await("up", () -> cluster.state(A).engine() == ServerState.Engine.UP);
            cluster.await("up", () -> cluster.state(B).engine() == ServerState.Engine.UP);
            assertThat(cluster.state(A).role()).isEqualTo(ServerState.Role.FENCED);
            assertThat(cluster.state(B).role()).isEqualTo(ServerState.Role.FENCED);

            cluster.names();

            cluster.awaitMaster(A);
            cluster.awaitReplica(B, A);
            assertKeys(cluster, "a.test", A, 10);
        }
    }

    private static void write(NamedCluster cluster, String host, String address, int keys) {
        try (var engine = cluster.connect(host, address)) {
            for (int i = 0; i < keys; i++) {
                engine.call("SET", "key" + i, i);
            }
        }
    }

    private static long keys(NamedCluster cluster, String host, String address) {
        try (var engine = cluster.connect(host, address)) {
            return Replies.number(engine.call("DBSIZE"));
        }
    }

    private static void assertKeys(NamedCluster cluster, String host, String address, int expected) {
        assertThat(keys(cluster, host, address)).isEqualTo(expected);
    }
}
