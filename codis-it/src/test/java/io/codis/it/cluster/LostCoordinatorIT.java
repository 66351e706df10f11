package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Safety rule 18: the servers' volumes are enough to come back with all data and the same slot map. */
class LostCoordinatorIT {

    private static final int KEYS = Integer.getInteger("keys", 3_000);
    private static final Duration LONG = Duration.ofSeconds(180);

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aClusterWithoutItsCoordinatorComesBackWithTheSameSlotMap(Engine engine) {
        long seed = Seed.next();
        try (LocalCluster cluster = LocalCluster.start(engine, new Shape(2, 2, 1))) {
            cluster.keepingLogs(() -> {
                Dataset data = Dataset.of(seed, KEYS);
                data.load(cluster.endpoints());
                // a map that nobody would come to by himself, and a master that is not the first member
                cluster.dashboard("slots/action/create-some", "1/2/100");
                cluster.await("moved", LONG, s -> s.slots().moving() == 0 && owned(cluster, 2) == 612);
                cluster.switchOver(1);
                cluster.awaitSettled(Duration.ofSeconds(4), LONG);
                String master = cluster.master(1);
                var owners = owners(cluster);

                cluster.down();
                cluster.loseCoordinator();
                cluster.up();
                cluster.awaitSettled(Duration.ofSeconds(4), LONG);

                assertThat(owners(cluster)).isEqualTo(owners);
                assertThat(cluster.master(1)).isEqualTo(master);
                data.requireIntact(cluster.endpoints());
            });
        }
    }

    /** Decision 30: a master that ended in good order needs no word of a replica that does not come back. */
    @Test
    void afterDownAReplicaThatCannotStartKeepsNobodyWaitingAndSaysWhy() {
        long seed = Seed.next();
        try (LocalCluster cluster = LocalCluster.start(Engines.redis7(), new Shape(2, 2, 1))) {
            cluster.keepingLogs(() -> {
                Dataset data = Dataset.of(seed, KEYS);
                data.load(cluster.endpoints());
                cluster.awaitSettled(Duration.ofSeconds(4), LONG);
                String replica = "server-1-2";
                assertThat(cluster.isMaster(replica)).isFalse();
                cluster.down();
                cluster.breakIdentity(replica);

                cluster.up();

                cluster.await(
                        "it is told why the replica is not there",
                        LONG,
                        s -> s.message().contains(replica + " ends again and again: codis-server: ")
                                && s.message().contains("identity.json"));
                cluster.await(
                        "the group serves",
                        LONG,
                        s -> s.groups().size() == 2
                                && s.groups().stream()
                                        .allMatch(group -> group.servers()
                                                .getFirst()
                                                .state()
                                                .equals("serving"))
                                && s.proxies().stream()
                                        .allMatch(proxy -> proxy.state().equals("serving")));
                data.requireIntact(cluster.endpoints());
            });
        }
    }

    @Test
    void aLostCoordinatorAndALostVolumeComeBackByAPersonsWord() {
        long seed = Seed.next();
        try (LocalCluster cluster = LocalCluster.start(Engines.redis7(), new Shape(2, 2, 1))) {
            cluster.keepingLogs(() -> {
                Dataset data = Dataset.of(seed, KEYS);
                data.load(cluster.endpoints());
                cluster.awaitSettled(Duration.ofSeconds(4), LONG);
                String replica = "server-1-2";
                assertThat(cluster.isMaster(replica)).isFalse();
                cluster.down();
                cluster.loseCoordinator();
                cluster.loseVolume(replica);
                cluster.up();
                cluster.await(
                        "the way out is told",
                        LONG,
                        s -> s.message().contains("rebuild --accept-loss")
                                && s.message().contains(replica + " of group-[1] has lost its volume"));

                assertThat(cluster.command("rebuild", "--accept-loss"))
                        .contains("the map is back: 2 groups, 4 servers, 1024 slots; what only " + replica
                                + " knew is lost");

                cluster.awaitSettled(Duration.ofSeconds(4), LONG);
                data.requireIntact(cluster.endpoints());
            });
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aMoveThatWasUnderWayGoesOnAfterEverythingButTheServersVolumesIsGone(Engine engine) {
        long seed = Seed.next();
        try (LocalCluster cluster = LocalCluster.start(engine, new Shape(2, 2, 1))) {
            cluster.keepingLogs(() -> {
                Dataset data = Dataset.of(seed, KEYS);
                data.load(cluster.endpoints());
                cluster.dashboard("slots/action/interval", "300000");
                int[] before = owners(cluster);
                cluster.dashboard("slots/action/create-some", "1/2/400");
                cluster.await("keys are on both sides", LONG, s -> cluster.keysMoved() > 0);

                cluster.crash();
                cluster.loseCoordinator();
                cluster.up();

                cluster.await("moved", LONG, s -> s.slots().moving() == 0 && owned(cluster, 2) == 912);
                cluster.awaitSettled(Duration.ofSeconds(4), LONG);
                assertThat(owners(cluster)).isEqualTo(moved(before, 400));
                data.requireIntact(cluster.endpoints());
            });
        }
    }

    /** The lowest {@code count} slots of group 1 to group 2. */
    private static int[] moved(int[] owners, int count) {
        int[] moved = owners.clone();
        IntStream.range(0, 1024).filter(slot -> owners[slot] == 1).limit(count).forEach(slot -> moved[slot] = 2);
        return moved;
    }

    private static long owned(LocalCluster cluster, int group) {
        return IntStream.of(owners(cluster)).filter(owner -> owner == group).count();
    }

    private static int[] owners(LocalCluster cluster) {
        return IntStream.range(0, 1024).map(cluster::groupOfSlot).toArray();
    }
}
