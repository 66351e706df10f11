package io.codis.cli.command;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.ControlClient;
import io.codis.cli.local.Journal;
import io.codis.cli.local.RunningCluster;
import io.codis.cli.output.Output;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.time.Duration;

/** Follows what a supervisor does. Ending the watch does not end the work. */
final class Watch {

    private static final long POLL_MILLIS = 150;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final ControlClient client;
    private final Output out;
    private long seen;

    private Watch(ControlClient client, Output out, long seen) {
        this.client = client;
        this.out = out;
        this.seen = seen;
    }

    /** From now on. */
    static Watch fromNow(ControlClient client, Output out) {
        var lines = client.journal(0);
        return new Watch(client, out, lines.isEmpty() ? 0 : lines.getLast().seq());
    }

    /** From the supervisor's start on. */
    static Watch fromStart(ControlClient client, Output out) {
        return new Watch(client, out, 0);
    }

    /** Prints progress until the generation is reached. */
    ClusterStatus untilReached(long generation) {
        long quiet = System.nanoTime();
        long before = seen;
        while (true) {
            show();
            ClusterStatus status = client.status();
            quiet = seen == before && status.slots().moving() == 0 ? quiet : System.nanoTime();
            before = seen;
            if (System.nanoTime() - quiet > PATIENCE.toNanos()) {
                throw new CodisException(
                        Reason.TIMED_OUT,
                        "nothing has changed for " + PATIENCE.toSeconds() + " s: " + status.message()
                                + "; the supervisor goes on trying, see "
                                + client.data().codis("status"));
            }
            if (status.reached() >= generation) {
                show();
                return status;
            }
            if (status.phase() == ClusterStatus.Phase.STOPPING) {
                throw new CodisException(Reason.NOT_READY, "the cluster is being stopped");
            }
            pause();
        }
    }

    /** Prints progress until no slot moves. */
    static void untilNothingMoves(RunningCluster cluster, Output out) {
        int last = -1;
        while (true) {
            int moving = cluster.status().slots().moving();
            if (moving == 0) {
                return;
            }
            if (moving != last) {
                last = moving;
                out.progress("  " + last + " slots to move");
            }
            pause();
        }
    }

    private void show() {
        for (Journal.Line line : client.journal(seen)) {
            print(line, out);
            seen = line.seq();
        }
    }

    static void print(Journal.Line line, Output out) {
        switch (line.kind()) {
            case STEP -> out.progress(out.paint().faint("  " + line.text()));
            case PROBLEM -> out.progress("  " + out.paint().alarm(line.text()) + "; trying again");
            case REACHED -> {
                // Whoever waits prints what it means.
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted", e);
        }
    }
}
