package io.codis.core.failover;

import io.codis.core.problem.Reason;
import io.codis.core.wire.ServerState;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The member that has all acknowledged writes, and of the others as many as can be had.
 *
 * <p>A member that has run without restart since it was in sync has in memory what it acknowledged. A restarted one has
 * what was on its disk, which its recorded offset may exceed; it is chosen only when everybody who could know better has
 * been heard. The stored master that ended in good order has all that was ever written under its epoch, and nobody has
 * written under a later one.
 *
 * <p>A witness, which a person has fenced when it was in sync, may have what a restart has lost, and lacks what was written
 * since. It is asked when everybody has restarted, and only a person makes it master.
 */
final class NewestData {

    private NewestData() {}

    static Decision among(Electorate electorate, List<ServerState> answered, boolean patienceOver) {
        Decision decision = chosen(electorate, answered, patienceOver);
        return electorate.fenced().isEmpty() ? decision : namingFenced(electorate, decision);
    }

    /** Whoever is fenced may be what is waited for. */
    private static Decision namingFenced(Electorate electorate, Decision decision) {
        var fenced = electorate.members().stream()
                .filter(electorate.fenced()::contains)
                .toList();
        String hint = "; %s %s fenced by a person".formatted(fenced, fenced.size() == 1 ? "is" : "are");
        return switch (decision) {
            case Decision.Nothing nothing -> nothing;
            case Decision.Promote promote -> promote;
            case Decision.Wait(List<String> members, String why) ->
                new Decision.Wait(members, (why.contains(members.toString()) ? why : why + " " + members) + hint);
            case Decision.NeedsDecision(Reason reason, String explanation) ->
                new Decision.NeedsDecision(reason, explanation + hint);
        };
    }

    private static Decision chosen(Electorate electorate, List<ServerState> answered, boolean patienceOver) {
        var eligible = answered.stream()
                .filter(s -> electorate.eligible().contains(s.address()) && belongs(electorate, s))
                .toList();
        var whole = eligible.stream()
                .filter(s -> isWhole(electorate, s))
                .filter(s -> eligible.stream().noneMatch(other -> other.dataEpoch() > electorate.epoch()))
                .toList();
        if (whole.stream().anyMatch(s -> s.engine() == ServerState.Engine.UP)) {
            return promote(electorate, whole);
        }
        var unbroken = eligible.stream().filter(NewestData::unbroken).toList();
        if (!unbroken.isEmpty()) {
            return promote(electorate, unbroken);
        }
        if (whole.stream().anyMatch(s -> s.engine() == ServerState.Engine.LOADING)) {
            return new Decision.Wait(addresses(whole), "the master, which ended in good order, loads its data");
        }
        var emptied = answered.stream()
                .filter(s -> electorate.eligible().contains(s.address()) && !belongs(electorate, s))
                .map(ServerState::address)
                .toList();
        var silent = electorate.members().stream()
                .filter(m -> electorate.eligible().contains(m)
                        || electorate.witnesses().contains(m))
                .filter(m -> answered.stream().noneMatch(s -> s.address().equals(m)))
                .toList();
        if (!emptied.isEmpty()) {
            return withoutTheirData(emptied, silent, addresses(eligible), patienceOver);
        }
        if (!silent.isEmpty()) {
            return unheard(silent, "", patienceOver);
        }
        var notUp = eligible.stream()
                .filter(s -> s.engine() != ServerState.Engine.UP)
                .toList();
        if (notUp.isEmpty()) {
            var witnesses = answered.stream()
                    .filter(s -> electorate.witnesses().contains(s.address()) && belongs(electorate, s))
                    .toList();
            return restarted(electorate, eligible, witnesses);
        }
        return notUp.stream().allMatch(s -> s.engine() == ServerState.Engine.LOADING)
                ? new Decision.Wait(addresses(notUp), "every member has restarted, and these still load their data")
                : unheard(addresses(notUp), troubles(notUp), patienceOver);
    }

    /** It is a server of this group of this cluster, by its volume. An emptied volume knows of neither. */
    static boolean belongs(Electorate electorate, ServerState state) {
        return state.group() == electorate.group() && state.clusterId().equals(electorate.clusterId());
    }

    /** It has what it had at its end as the master that is stored: no other epoch, no other member (decision 30). */
    private static boolean isWhole(Electorate electorate, ServerState state) {
        // settings may have been changed so that the engine does not read what is there
        boolean unread = state.keys() == 0 && state.hasData();
        return state.address().equals(electorate.master())
                && state.wholeEpoch() == electorate.epoch()
                && !state.leaving()
                && !unread;
    }

    private static boolean unbroken(ServerState state) {
        return state.engine() == ServerState.Engine.UP
                && !state.runId().isEmpty()
                && state.runId().equals(state.inSyncRunId());
    }

    private static Decision withoutTheirData(
            List<String> emptied, List<String> silent, List<String> restarted, boolean patienceOver) {
        String why = "%s came back without the group's data".formatted(emptied)
                + (silent.isEmpty() ? "" : ", and %s, which may have it, is silent".formatted(silent))
                + (restarted.isEmpty() ? "" : ", and %s restarted and may lack writes".formatted(restarted));
        return patienceOver
                ? new Decision.NeedsDecision(Reason.NEEDS_DECISION, why)
                : new Decision.Wait(silent.isEmpty() ? emptied : silent, why);
    }

    private static List<String> addresses(List<ServerState> states) {
        return states.stream().map(ServerState::address).toList();
    }

    private static Decision unheard(List<String> missing, String troubles, boolean patienceOver) {
        if (!patienceOver) {
            return new Decision.Wait(
                    missing, "every member that answers has restarted; these may have newer data" + troubles);
        }
        return new Decision.NeedsDecision(
                Reason.NEEDS_DECISION,
                "every member that answers has restarted, and %s may have newer data%s".formatted(missing, troubles));
    }

    private static String troubles(List<ServerState> notUp) {
        return notUp.stream()
                .filter(s -> !s.trouble().isEmpty())
                .map(s -> "; the engine of %s does not start: %s".formatted(s.address(), s.trouble()))
                .collect(Collectors.joining());
    }

    /** All have restarted and all have been heard: the highest epoch of complete data, and nobody of its lineage is ahead. */
    private static Decision restarted(Electorate electorate, List<ServerState> all, List<ServerState> witnesses) {
        ServerState best = best(electorate, all);
        var strangers = all.stream()
                .filter(s -> s.dataEpoch() == best.dataEpoch() && !s.replid().equals(best.replid()))
                .map(ServerState::address)
                .toList();
        if (!strangers.isEmpty()) {
            return new Decision.NeedsDecision(
                    Reason.NEEDS_DECISION,
                    "offsets of %s and %s count in different histories of epoch %d"
                            .formatted(best.address(), strangers, best.dataEpoch()));
        }
        var fuller = all.stream()
                .filter(s -> best.keys() <= 0 && s.keys() > 0)
                .map(ServerState::address)
                .toList();
        if (!fuller.isEmpty()) {
            return new Decision.NeedsDecision(
                    Reason.NEEDS_DECISION,
                    "%s came back without a key, and %s has keys".formatted(best.address(), fuller));
        }
        var knowing = witnesses.stream()
                .filter(s -> mayKnowMore(s, best))
                .map(ServerState::address)
                .toList();
        if (!knowing.isEmpty()) {
            return new Decision.NeedsDecision(
                    Reason.NEEDS_DECISION,
                    "%s restarted and may lack writes that %s had when it was fenced"
                            .formatted(best.address(), knowing));
        }
        return promote(electorate, all);
    }

    /** That it was in sync is stored; what it recorded itself may be of the second before. */
    private static boolean mayKnowMore(ServerState witness, ServerState best) {
        return unbroken(witness)
                || witness.offset() > best.offset()
                || witness.dataEpoch() > best.dataEpoch()
                || !witness.replid().equals(best.replid());
    }

    /** Complete under the highest epoch, then offset; the present master before others, so that equal ones change nothing. */
    private static ServerState best(Electorate electorate, List<ServerState> states) {
        return states.stream()
                .max(Comparator.comparingLong(ServerState::dataEpoch)
                        .thenComparingLong(ServerState::offset)
                        .thenComparing(s -> -electorate.members().indexOf(s.address())))
                .orElseThrow();
    }

    /** The best, or one that has as much and stays: a launcher that stops takes its engine with it. */
    private static Decision promote(Electorate electorate, List<ServerState> states) {
        ServerState best = best(electorate, states);
        var staying = states.stream()
                .filter(s -> !s.leaving() && s.dataEpoch() == best.dataEpoch() && s.offset() == best.offset())
                .toList();
        return staying.isEmpty()
                ? new Decision.Wait(List.of(best.address()), "the member with the newest data is told to stop")
                : new Decision.Promote(best(electorate, staying).address(), Promotion.Kind.FAILOVER);
    }
}
