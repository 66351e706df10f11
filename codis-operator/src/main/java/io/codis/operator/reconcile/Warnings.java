package io.codis.operator.reconcile;

import io.codis.core.problem.Reason;
import io.codis.operator.api.ClusterStatus;
import io.codis.operator.api.ClusterStatus.Condition;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.reconcile.StatusReport.Outcome;
import io.codis.operator.reconcile.Troubles.Trouble;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Trouble that does not pass by itself is an event when it begins, not on every pass.
 *
 * @param before what the cluster said of itself last
 */
record Warnings(CodisCluster cluster, Optional<ClusterStatus> before, Events events) {

    void about(ClusterStatus status, Outcome outcome, List<Trouble> troubles) {
        outcome.reason()
                .filter(reason -> !ClusterReconciler.PASSING.contains(reason))
                .filter(reason -> reason != Reason.PAUSED)
                .ifPresent(reason -> about(reason, outcome.message()));
        begun(before, status, StatusReport.DATA_GONE)
                .ifPresent(gone -> events.warn(cluster, StatusReport.DATA_GONE, gone));
        begun(before, status, StatusReport.FENCED).ifPresent(who -> events.did(cluster, StatusReport.FENCED, who));
        begun(before, status, StatusReport.LEFT_OUT)
                .ifPresent(what -> events.did(cluster, StatusReport.LEFT_OUT, what));
        backups(status);
        troubles.stream()
                .limit(1)
                .filter(trouble -> !trouble.reason().equals(told("PodsRunning", Condition::reason)))
                .forEach(trouble -> events.warn(cluster, trouble.reason(), trouble.message()));
    }

    /** The message of a condition that is there only while it holds, if it is another one now. */
    static Optional<String> begun(Optional<ClusterStatus> before, ClusterStatus status, String type) {
        String now = said(Optional.of(status), type, Condition::message);
        return now.isEmpty() || now.equals(said(before, type, Condition::message))
                ? Optional.empty()
                : Optional.of(now);
    }

    private void backups(ClusterStatus status) {
        String now = said(Optional.of(status), StatusReport.BACKUPS, Condition::message);
        if (now.equals(told(StatusReport.BACKUPS, Condition::message))) {
            return;
        }
        String reason = said(Optional.of(status), StatusReport.BACKUPS, Condition::reason);
        if (now.contains(BackupReport.MADE)) {
            events.did(cluster, "BackupMade", now);
        } else if (BackupReport.BAD.contains(reason)) {
            events.warn(cluster, reason, now);
        }
    }

    void about(Reason reason, String problem) {
        if (!told("Ready", Condition::message).equals(problem)) {
            events.warn(cluster, reason.word(), problem);
        }
    }

    private String told(String type, Function<Condition, String> what) {
        return said(before, type, what);
    }

    private static String said(Optional<ClusterStatus> status, String type, Function<Condition, String> what) {
        return status.stream()
                .flatMap(each -> Optional.ofNullable(each.conditions()).stream())
                .flatMap(List::stream)
                .filter(condition -> condition.type().equals(type))
                .map(what)
                .findFirst()
                .orElse("");
    }
}
