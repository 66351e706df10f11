package io.codis.dashboard.migration;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.redis.InfoText;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;

/**
 * That a pass has looked at one and the same master all the time. A replica, or a master that was replaced meanwhile, may
 * show an empty set of keys, which proves nothing.
 */
record SourceWitness(String role, String runId, String replid) {

    static SourceWitness of(RedisConnection source) {
        var fields = InfoText.fields(Replies.text(source.call("INFO", "everything")));
        var seen = new SourceWitness(
                fields.getOrDefault("role", ""),
                fields.getOrDefault("run_id", ""),
                fields.getOrDefault("master_replid", ""));
        if (!seen.role.equals("master")) {
            throw new CodisException(Reason.NOT_READY, "server " + source.address() + " is not a master");
        }
        return seen;
    }

    void checkStill(RedisConnection source) {
        if (!equals(of(source))) {
            throw new CodisException(
                    Reason.NOT_READY, "server " + source.address() + " has changed its role while it was searched");
        }
    }
}
