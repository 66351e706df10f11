package io.codis.cli.local;

import java.util.Map;

/** A cluster as the commands use it, wherever it runs. */
public interface RunningCluster extends AutoCloseable {

    ClusterStatus status();

    /** Target group by slot; they move only with {@code confirm}, and are not waited for. */
    Map<Integer, Integer> rebalance(boolean confirm);

    /** Makes another member of the group its master, without losing anything; the new master's name. */
    String failOver(int group);

    @Override
    void close();
}
