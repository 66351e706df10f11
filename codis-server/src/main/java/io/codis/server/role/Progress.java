package io.codis.server.role;

import io.codis.server.engine.EngineReport;
import io.codis.server.engine.EngineWatch.Observation;
import io.codis.server.identity.Identity;
import io.codis.server.identity.IdentityFile;

/**
 * How far the data of the engine's current run has come, and its record on the volume.
 *
 * <p>A run that has only loaded its files says nothing new: its replication id and offset begin afresh, so the recorded
 * ones stand for it until it has been master or in sync. After a full synchronisation the files are those of before
 * until the append-only file has been rewritten; until then nothing is recorded, since a restart would go back.
 */
final class Progress {

    private final IdentityFile identity;

    private long completeRun;
    private String completeRunId = "";
    private boolean linked;
    private boolean recordable;

    Progress(IdentityFile identity) {
        this.identity = identity;
    }

    /** This run became master: what it has is the group's data. */
    synchronized void promoted(long run, String runId) {
        completeRun = run;
        completeRunId = runId;
        linked = false;
        recordable = true;
    }

    /** This run follows a master, and has not been seen in sync with it. */
    synchronized void following() {
        linked = false;
    }

    /** The data was removed. */
    synchronized void wiped() {
        completeRun = 0;
        linked = false;
        recordable = false;
        completeRunId = "";
    }

    /** Takes in what was seen of the engine while {@code standing} was in force. */
    synchronized void observe(Observation seen, Standing standing) {
        EngineReport report = seen.report();
        if (report == null) {
            linked = false;
            return;
        }
        if (report.syncing()) {
            linked = false;
            recordable = false;
        }
        if (standing instanceof Standing.Replica replica) {
            boolean up = seen.nanos() > replica.since()
                    && report.linkUp()
                    && replica.master().equals(report.master());
            linked = up && (linked || report.persistent());
            if (linked) {
                completeRun = report.run();
                completeRunId = report.runId();
                recordable = true;
            }
        }
    }

    /** In sync with its master, on disk too. */
    synchronized boolean linked() {
        return linked;
    }

    /** The run id under which it was last in sync as a replica, or master. */
    synchronized String completeRunId() {
        return completeRunId;
    }

    /** Whether the report's own replication id and offset count, and not the recorded ones. */
    synchronized boolean counts(EngineReport report) {
        return completeRun == report.run();
    }

    /** Writes down how far the data has come. */
    void record(Observation seen, Standing standing) {
        EngineReport report = seen.report();
        if (report == null) {
            return;
        }
        long dataEpoch;
        synchronized (this) {
            if (!recordable || completeRun != report.run()) {
                recordKeys(report);
                return;
            }
            dataEpoch = switch (standing) {
                case Standing.Master master -> master.epoch();
                case Standing.Replica replica -> linked ? replica.epoch() : 0;
                case Standing.Fenced ignored -> 0;
            };
        }
        identity.update(now -> {
            Identity kept = report.keys() > 0 ? now.withData() : now;
            return kept.at(report.replid(), report.offset(), Math.max(now.dataEpoch(), dataEpoch));
        });
    }

    private void recordKeys(EngineReport report) {
        if (report.keys() > 0 && !identity.current().hasData()) {
            identity.update(Identity::withData);
        }
    }
}
