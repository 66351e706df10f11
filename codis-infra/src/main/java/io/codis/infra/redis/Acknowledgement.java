package io.codis.infra.redis;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
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
        AttachedReplicas first = masterOrRefuse(master, parse(master.callWithin(deadline, "INFO", "replication")));
        AttachedReplicas now = first;
        while (!reached(first.offset(), now, candidates)) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!left.isPositive()) {
                throw behind(master, first.offset(), now, candidates);
            }
            now = masterOrRefuse(master, askAll(master, replicasToAsk(now, candidates), left));
            if (!now.replid().equals(first.replid())) {
                throw new CodisException(
                        Reason.NOT_READY, "engine " + master.address() + " has changed its role; offsets say nothing");
            }
        }
        return first.offset();
    }

    private static AttachedReplicas askAll(RedisConnection master, int replicas, Duration left) {
        long slice = Math.clamp(left.toMillis(), 1, SLICE.toMillis());
        var wait = Command.of("WAIT", replicas, slice);
        var replies = master.callAll(left.plus(SLACK), List.of(wait, Command.of("INFO", "replication")));
        if (replies.getFirst() instanceof EngineError error) {
            throw error.asException(master.address(), "WAIT");
        }
        if (replies.getLast() instanceof EngineError error) {
            throw error.asException(master.address(), "INFO");
        }
        return parse(replies.getLast());
    }

    /** While a candidate is not attached, one more than there are: WAIT then lasts its slice, and the loop does not spin. */
    private static int replicasToAsk(AttachedReplicas view, Collection<String> candidates) {
        boolean allAttached = view.acknowledged().keySet().containsAll(candidates);
        return allAttached ? view.connected() : view.connected() + 1;
    }

    private static AttachedReplicas parse(@Nullable Object info) {
        return AttachedReplicas.parse(Replies.text(info));
    }

    private static AttachedReplicas masterOrRefuse(RedisConnection connection, AttachedReplicas view) {
        if (!view.master()) {
            throw new CodisException(Reason.NOT_READY, "engine " + connection.address() + " is not a master");
        }
        return view;
    }

    private static boolean reached(long offset, AttachedReplicas view, Collection<String> candidates) {
        return candidates.stream().allMatch(each -> view.acknowledged().getOrDefault(each, -1L) >= offset);
    }

    private static CodisException behind(
            RedisConnection master, long offset, AttachedReplicas view, Collection<String> candidates) {
        var late = candidates.stream()
                .filter(each -> view.acknowledged().getOrDefault(each, -1L) < offset)
                .map(each -> each + (view.acknowledged().containsKey(each)
                        ? " (" + (offset - view.acknowledged().getOrDefault(each, 0L)) + " bytes behind)"
                        : " (not attached in sync)"))
                .toList();
        return new CodisException(
                Reason.TIMED_OUT,
                "engine " + master.address() + ": not acknowledged by " + String.join(", ", late));
    }
}
