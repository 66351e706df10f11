package io.codis.infra.redis;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.replication.ReplicationInfo;
import io.codis.core.replication.ReplicationInfo.Master;
import io.codis.core.replication.ReplicationInfo.Replica;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * "Acknowledged by the candidates": every named replica has received all that its master did before this call.
 *
 * <p>WAIT counts replicas and does not name them, so it only makes them report; the proof is each candidate's offset in
 * the master's {@code INFO replication}, by announced address.
 */
public final class Acknowledgement {

    /** WAIT returns at once when all have answered; one replica that is not a candidate may cost this much. */
    private static final Duration SLICE = Duration.ofMillis(50);

    /** An engine ends a WAIT only in its timer, up to 100 ms late; a silent engine may hold a call this much longer. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    /**
     * In Valkey 8, WAIT covers its own connection's writes only, and returns at once on one that wrote
     * nothing; the replicas then report by their timer, once a second. A message to nobody is such a write.
     */
    private static final Command WRITE = Command.of("PUBLISH", "codis:acknowledge", "-");

    private Acknowledgement() {}

    /**
     * Blocks until it is proven.
     *
     * @param master the connection that the writes went through, or any that was opened to the same process before them
     * @param candidates announced {@code host:port} of each; empty is proven at once
     * @param deadline of all; a silent engine is given one second more
     * @return the master's replication offset that they all have reached, in bytes; -1 when there are no candidates
     * @throws CodisException {@link Reason#TIMED_OUT} with the names of those that are behind; {@link Reason#NOT_READY}
     *     when the engine is no master (any more); and whatever {@link RedisConnection} throws
     */
    public static long await(RedisConnection master, Collection<String> candidates, Duration deadline) {
        if (candidates.isEmpty()) {
            return -1;
        }
        long end = System.nanoTime() + deadline.toNanos();
        Master first = masterOrRefuse(master, master.callWithin(deadline, "INFO", "replication"));
        Master now = first;
        while (!now.acknowledgedBy(candidates, first.offset())) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!left.isPositive()) {
                throw behind(master, first.offset(), now, candidates);
            }
            now = askAll(master, replicasToAsk(now, candidates), left);
            if (!now.replid().equals(first.replid())) {
                throw new CodisException(
                        Reason.NOT_READY, "engine " + master.address() + " has changed its role; offsets say nothing");
            }
        }
        return first.offset();
    }

    private static Master askAll(RedisConnection master, int replicas, Duration left) {
        long slice = Math.clamp(left.toMillis(), 1, SLICE.toMillis());
        var wait = Command.of("WAIT", replicas, slice);
        var replies = master.callAll(left.plus(SLACK), List.of(WRITE, wait, Command.of("INFO", "replication")));
        if (replies.get(1) instanceof EngineError error) {
            throw error.asException(master.address(), "WAIT");
        }
        if (replies.getLast() instanceof EngineError error) {
            throw error.asException(master.address(), "INFO");
        }
        return masterOrRefuse(master, replies.getLast());
    }

    /** While a candidate is not attached, one more than there are: WAIT then lasts its slice, and the loop does not spin. */
    private static int replicasToAsk(Master view, Collection<String> candidates) {
        boolean allAttached = view.acknowledgedBy(candidates, 0);
        return allAttached ? view.connected() : view.connected() + 1;
    }

    private static Master masterOrRefuse(RedisConnection connection, @Nullable Object info) {
        return switch (ReplicationInfo.parse(Replies.text(info))) {
            case Master master -> master;
            case Replica _ ->
                throw new CodisException(Reason.NOT_READY, "engine " + connection.address() + " is not a master");
        };
    }

    private static CodisException behind(
            RedisConnection master, long offset, Master view, Collection<String> candidates) {
        var late = candidates.stream()
                .filter(each -> view.acknowledged(each).orElse(-1) < offset)
                .map(each -> view.acknowledged(each).isPresent()
                        ? each + " (" + (offset - view.acknowledged(each).getAsLong()) + " bytes behind)"
                        : each + " (not attached in sync)")
                .toList();
        return new CodisException(
                Reason.TIMED_OUT, "engine " + master.address() + ": not acknowledged by " + String.join(", ", late));
    }
}
