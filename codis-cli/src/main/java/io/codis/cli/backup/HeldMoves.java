package io.codis.cli.backup;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.Deadline;
import java.time.Duration;
import java.util.function.Consumer;

/** No slot moves while this is open. It lasts by being asked for again and again, so it ends with this process. */
final class HeldMoves implements AutoCloseable {

    private static final Duration LASTS = Duration.ofSeconds(60);
    private static final Duration AGAIN = Duration.ofSeconds(15);

    private final DashboardApi dashboard;
    private final String holder;
    private final String id;
    private final Thread renewing;

    private HeldMoves(DashboardApi dashboard, String holder, String id) {
        this.dashboard = dashboard;
        this.holder = holder;
        this.id = id;
        this.renewing = Thread.ofVirtual().name("hold-moves").start(this::renew);
    }

    /**
     * Waits until the slots that are on their way have arrived.
     *
     * @throws CodisException {@link Reason#TIMED_OUT} after {@code patience}
     */
    static HeldMoves begin(DashboardApi dashboard, String holder, Duration patience, Consumer<String> progress)
            throws InterruptedException {
        Deadline deadline = Deadline.in(patience);
        int told = 0;
        while (true) {
            DashboardApi.Hold hold = dashboard.holdMoves(holder, LASTS);
            if (hold.moving() == 0) {
                return new HeldMoves(dashboard, holder, hold.id());
            }
            if (hold.moving() != told) {
                progress.accept("waiting for " + hold.moving() + " slots that move");
                told = hold.moving();
            }
            if (!deadline.pause()) {
                dashboard.holdMoves(holder, Duration.ZERO);
                throw new CodisException(
                        Reason.TIMED_OUT,
                        hold.moving() + " slots still move after " + patience.toSeconds()
                                + " s; see why in the dashboard's stats, or give more time with --patience");
            }
        }
    }

    private void renew() {
        try {
            while (true) {
                Thread.sleep(AGAIN);
                try {
                    dashboard.holdMoves(holder, LASTS);
                } catch (CodisException e) {
                    // it may answer again in time; what counts is asked at the end
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** @throws CodisException {@link Reason#STALE_EPOCH} when moves may have begun since {@link #begin} */
    void requireUnbroken() {
        if (!dashboard.holdMoves(holder, LASTS).id().equals(id)) {
            throw new CodisException(
                    Reason.STALE_EPOCH,
                    "the dashboard was another one or did not answer meanwhile, and slots may have moved between the"
                            + " snapshots; make the backup again");
        }
    }

    @Override
    public void close() {
        renewing.interrupt();
        try {
            dashboard.holdMoves(holder, Duration.ZERO);
        } catch (CodisException e) {
            // ends by itself within a minute
        }
    }
}
