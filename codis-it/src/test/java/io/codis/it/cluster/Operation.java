package io.codis.it.cluster;

import io.codis.core.problem.CodisException;
import io.codis.testkit.ChildProcess;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** What a cluster is doing when it is hurt. */
enum Operation {
    /** Slots move between two groups. */
    MOVE(1500),
    /** A group comes or goes. */
    SCALE(6000),
    SWITCHOVER(250),
    /** A master was killed just before. */
    FAILOVER(1500),
    NONE(50);

    private static final List<Operation> CHOICES = List.of(
            MOVE,
            MOVE,
            MOVE,
            MOVE,
            SWITCHOVER,
            SWITCHOVER,
            SWITCHOVER,
            SWITCHOVER,
            FAILOVER,
            FAILOVER,
            FAILOVER,
            NONE,
            NONE,
            SCALE);

    private final int lasts;

    /** @param lasts about how long, milliseconds */
    Operation(int lasts) {
        this.lasts = lasts;
    }

    static Operation random(Random random) {
        return CHOICES.get(random.nextInt(CHOICES.size()));
    }

    /** A moment within it, counted from its beginning. */
    Duration moment(Random random) {
        return Duration.ofMillis(random.nextInt(lasts));
    }

    /**
     * Begins it in or from {@code group}. It may fail when the process that leads it is hurt; what it began must be ended
     * all the same.
     */
    void begin(LocalCluster cluster, int group, Random random) {
        try {
            switch (this) {
                case MOVE -> cluster.beginMove(group, other(cluster, group), 50 + random.nextInt(300));
                case SCALE -> cluster.beginScale(cluster.status().groups().size() == 2 ? 3 : 2);
                case SWITCHOVER -> cluster.switchOver(group);
                case FAILOVER -> kill(cluster, cluster.master(group), random.nextBoolean());
                case NONE -> {}
            }
        } catch (CodisException e) {
            System.out.println("the operation itself said: " + e.getMessage());
        }
    }

    private static int other(LocalCluster cluster, int group) {
        return cluster.status().groups().stream()
                .mapToInt(each -> each.id())
                .filter(id -> id != group)
                .findFirst()
                .orElseThrow();
    }

    private static void kill(LocalCluster cluster, String server, boolean engine) {
        var pid = engine ? cluster.enginePid(server) : cluster.pid(server);
        pid.ifPresent(id -> ChildProcess.signal(id, "KILL"));
    }
}
