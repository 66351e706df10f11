package io.codis.dashboard.role;

import io.codis.core.failover.Observation;
import io.codis.core.wire.ServerState;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/**
 * When the members of a group can have confirmed an older master for the last time (safety rule 13). A member that has
 * promised will not again, and says when it last did; so the wait for the end of the old master's lease has mostly begun
 * before the promises.
 */
record Confirmations(Collection<Observation> members, long epoch) {

    /** The members that could still confirm an older master are no majority. */
    boolean ended() {
        long able = members.stream().filter(member -> !promised(member)).count();
        return able < members.size() / 2 + 1;
    }

    /**
     * On this process' nano clock.
     *
     * @param promisedSince since when it is known that they have ended
     * @param now after all answers
     */
    long last(long promisedSince, long now) {
        return members.stream()
                .filter(this::promised)
                .mapToLong(member -> last(member, promisedSince, now))
                .reduce((one, other) -> one - other > 0 ? one : other)
                .orElse(promisedSince);
    }

    private static long last(Observation member, long promisedSince, long now) {
        if (!(member instanceof Observation.Answered(ServerState state)) || state.granted() == 0) {
            return promisedSince;
        }
        long at = now - TimeUnit.MILLISECONDS.toNanos(state.clock() - state.granted());
        return at - promisedSince > 0 ? promisedSince : at;
    }

    private boolean promised(Observation member) {
        return switch (member) {
            case Observation.Answered(ServerState state) -> state.promised() >= epoch;
            case Observation.Stopped ignored -> true;
            case Observation.Silent ignored -> false;
            case Observation.Lost ignored -> false;
        };
    }
}
