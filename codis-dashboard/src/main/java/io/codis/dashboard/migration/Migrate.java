package io.codis.dashboard.migration;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.net.Names;
import io.codis.infra.redis.Command;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Copies keys with {@code MIGRATE ... COPY}, never REPLACE (safety rule 1). */
final class Migrate {

    /** Of each step of the source's talk with the target; a third of what makes a silent source look dead (rule 6). */
    private static final long TIMEOUT_MILLIS = 650;

    /** For a key that is moved alone. */
    private static final long ALONE_TIMEOUT_MILLIS = 30_000;

    private static final int ANSWER_FACTOR = 3;

    private final DbConnection source;
    private final SlotBatch slots;
    private final Pace pace;
    private final Map<String, String> resolved = new HashMap<>();

    Migrate(DbConnection source, SlotBatch slots, Pace pace) {
        this.source = source;
        this.slots = slots;
        this.pace = pace;
    }

    /**
     * Returns when the source has sent what it had. It proves nothing about any single key.
     *
     * @return whether the target had one of them already, from an earlier MIGRATE that may have been late
     * @throws MoveFailure when a RESTORE may still be under way
     */
    boolean copy(KeyBatch batch) {
        long timeout = batch.alone() ? ALONE_TIMEOUT_MILLIS : TIMEOUT_MILLIS;
        Command command = command(batch, timeout);
        long start = System.nanoTime();
        MigrateReply reply = MigrateReply.of(send(batch, command, Duration.ofMillis(timeout * ANSWER_FACTOR)));
        if (!batch.alone()) {
            pace.took(batch.keys().size(), System.nanoTime() - start);
        }
        return switch (reply) {
            case MigrateReply.Copied ignored -> false;
            case MigrateReply.NothingThere ignored -> false;
            case MigrateReply.Occupied ignored -> true;
            case MigrateReply.Refused(String text) ->
                throw new CodisException(
                        Reason.TARGET_UNFIT, "server " + target(batch) + " does not take keys: " + text);
            case MigrateReply.NotTried(String text) ->
                throw new CodisException(
                        Reason.NOT_READY, "server " + slots.sourceServer() + " does not give keys: " + text);
            case MigrateReply.Broken(String text) ->
                throw new MoveFailure("MIGRATE from " + slots.sourceServer() + " to " + target(batch) + ": " + text);
        };
    }

    private Object send(KeyBatch batch, Command command, Duration deadline) {
        try {
            Object reply =
                    source.callAll(batch.db(), deadline, List.of(command)).getFirst();
            return reply == null ? "nil" : reply;
        } catch (CodisException e) {
            if (e.reason() == Reason.TIMED_OUT || e.reason() == Reason.OUTCOME_UNKNOWN) {
                throw new MoveFailure(
                        "MIGRATE from " + slots.sourceServer() + " to " + target(batch) + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private Command command(KeyBatch batch, long timeout) {
        String target = target(batch);
        int colon = target.lastIndexOf(':');
        return Command.of(
                "MIGRATE",
                address(target.substring(0, colon)),
                target.substring(colon + 1),
                "",
                batch.db(),
                timeout,
                "COPY",
                "AUTH2",
                slots.login().user(),
                slots.login().password(),
                "KEYS",
                batch.keys());
    }

    private String target(KeyBatch batch) {
        return slots.targetServer(batch.target());
    }

    /** Names are looked up here: an engine would stand still for it. */
    private String address(String host) {
        return resolved.computeIfAbsent(host, Names::address);
    }
}
