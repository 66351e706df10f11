package io.codis.core.failover;

import io.codis.core.failover.Observation.Answered;
import io.codis.core.failover.Observation.Lost;
import io.codis.core.failover.Observation.Silent;
import io.codis.core.failover.Observation.Stopped;
import io.codis.core.problem.Reason;
import io.codis.core.wire.ServerState;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which member of a group is to be master, and whether it may be promoted now. Two questions, asked one after the other:
 * {@link #need} while no promotion is stored, {@link #prove} while one is being prepared.
 *
 * <p>The member first chosen locks the group's slots; the one that is promoted is chosen again by {@link #prove}, when
 * promises stop the members from following an older master and their offsets stand still.
 */
public final class MasterChoice {

    private final Electorate electorate;
    private final Map<String, Observation> seen;
    private final Circumstances circumstances;

    private MasterChoice(Electorate electorate, Map<String, Observation> seen, Circumstances circumstances) {
        this.electorate = electorate;
        this.seen = Map.copyOf(seen);
        this.circumstances = circumstances;
    }

    /**
     * Whether a promotion must begin, and with whom. Not to be asked while one is stored: a member that was given the role
     * of an unfinished promotion looks as if the store were old.
     *
     * @param seen by member address; a member that is not in it counts as silent
     */
    public static Decision need(Electorate electorate, Map<String, Observation> seen, Circumstances circumstances) {
        return new MasterChoice(electorate, seen, circumstances).need();
    }

    /** Who takes over from a master that serves and is told to stop: a candidate in sync that stays. Empty if it stays itself. */
    public static Optional<String> heir(Electorate electorate, Map<String, Observation> seen) {
        var choice = new MasterChoice(electorate, seen, new Circumstances(false, false, false));
        return choice.state(electorate.master())
                .filter(ServerState::leaving)
                .flatMap(master -> choice.answered().stream()
                        .filter(s -> electorate.candidates().contains(s.address()) && choice.known(s))
                        .filter(s -> !s.leaving() && s.linkUp() && s.engine() == ServerState.Engine.UP)
                        .max(Comparator.comparingLong(ServerState::offset))
                        .map(ServerState::address));
    }

    /**
     * Whether the promotion that is being prepared may go on, and with whom. {@link Decision.Promote} is the proof that
     * {@code member} may be given the role under {@code promotion}'s epoch, once all proxies have locked the group; of another
     * kind than {@code promotion}'s it is none, and the promotion is to begin again in that way.
     *
     * <p>A switchover proves itself by offsets and is not asked here.
     */
    public static Decision prove(
            Electorate electorate,
            Promotion.Preparing promotion,
            Map<String, Observation> seen,
            Circumstances circumstances) {
        return new MasterChoice(electorate, seen, circumstances).prove(promotion);
    }

    /**
     * Who has most of what is left, for a person who gives up the rest: with an identity of this group before one without,
     * then the newest of what can be compared, then the most keys. Empty if no engine is up.
     */
    public static Optional<ServerState> mostLeft(Electorate electorate, Collection<ServerState> answered) {
        return answered.stream()
                .filter(s -> s.engine() == ServerState.Engine.UP && !s.leaving())
                .filter(s -> !electorate.fenced().contains(s.address()))
                .max(Comparator.comparing((ServerState s) -> NewestData.belongs(electorate, s))
                        .thenComparingLong(ServerState::dataEpoch)
                        .thenComparingLong(ServerState::offset)
                        .thenComparingLong(ServerState::keys)
                        .thenComparing(s -> -electorate.members().indexOf(s.address())));
    }

    private Decision need() {
        if (!electorate.initialized()) {
            return bootstrap();
        }
        return switch (seen(electorate.master())) {
            case Answered(ServerState state) -> needWith(state);
            case Silent() -> waitForMaster();
            case Lost() -> newest();
            case Stopped() -> newest();
        };
    }

    private Decision waitForMaster() {
        return new Decision.Wait(List.of(electorate.master()), "the master does not answer");
    }

    private Decision needWith(ServerState master) {
        if (known(master) && master.epoch() > electorate.epoch()) {
            return new Decision.NeedsDecision(
                    Reason.COORDINATOR_LOST,
                    "%s has a role of epoch %d, stored is %d: the stored topology is an old one"
                            .formatted(master.address(), master.epoch(), electorate.epoch()));
        }
        boolean inRole =
                known(master) && master.role() == ServerState.Role.MASTER && master.epoch() == electorate.epoch();
        return switch (master.engine()) {
            case UP -> inRole ? new Decision.Nothing() : newest();
            // a long command looks the same as a hang; the caller calls it lost when it lasts
            case SILENT -> inRole ? waitForMaster() : newest();
            case DOWN, STARTING, LOADING -> newest();
        };
    }

    /** Where no server ever held data the first member becomes master; that none did must be seen, not assumed. */
    private Decision bootstrap() {
        if (circumstances.strangersHoldData()) {
            return new Decision.NeedsDecision(
                    Reason.COORDINATOR_LOST, "servers hold data, and no master of any of them is recorded");
        }
        var holders = answered().stream()
                .filter(ServerState::hasData)
                .map(ServerState::address)
                .toList();
        if (!holders.isEmpty()) {
            return new Decision.NeedsDecision(
                    Reason.COORDINATOR_LOST, "%s hold data, and no master is recorded".formatted(holders));
        }
        var missing = electorate.members().stream()
                .filter(m -> state(m).filter(s -> s.engine() == ServerState.Engine.UP)
                        .isEmpty())
                .toList();
        return missing.isEmpty()
                ? new Decision.Promote(electorate.master(), Promotion.Kind.BOOTSTRAP)
                : new Decision.Wait(missing, "every member must be up and empty before the first becomes master");
    }

    private Decision prove(Promotion.Preparing promotion) {
        if (promotion.kind() == Promotion.Kind.BOOTSTRAP) {
            return electorate.initialized()
                    ? new Decision.NeedsDecision(Reason.COORDINATOR_LOST, "the group has had a master")
                    : bootstrapProven(promotion);
        }
        Optional<Decision> notYet = oldMasterMayStillServe(promotion.epoch());
        if (notYet.isPresent()) {
            return notYet.get();
        }
        if (promotion.kind() == Promotion.Kind.FORCED) {
            return up(promotion.member())
                    ? new Decision.Promote(promotion.member(), Promotion.Kind.FORCED)
                    : new Decision.Wait(List.of(promotion.member()), "the chosen member is not up");
        }
        if (lostWithItsServers()) {
            return afreshProven(promotion.epoch());
        }
        var unpromised = electorate.members().stream()
                .filter(m -> !promised(m, promotion.epoch()))
                .toList();
        if (unpromised.size() >= electorate.majority()) {
            return new Decision.Wait(unpromised, "these members could still confirm an older master");
        }
        return newest();
    }

    /** The same check as before, on members that have promised, so that no other leader has begun meanwhile. */
    private Decision bootstrapProven(Promotion.Preparing promotion) {
        // a server belongs to nobody before its first role
        var unpromised = electorate.members().stream()
                .filter(m -> state(m).filter(s -> known(s) || s.clusterId().isEmpty())
                        .filter(s -> s.promised() >= promotion.epoch())
                        .isEmpty())
                .toList();
        return unpromised.isEmpty() ? bootstrap() : new Decision.Wait(unpromised, "these members have not promised");
    }

    private Optional<Decision> oldMasterMayStillServe(long epoch) {
        boolean over = promised(electorate.master(), epoch) || circumstances.leaseLapsed();
        return over
                ? Optional.empty()
                : Optional.of(new Decision.Wait(
                        List.of(electorate.master()), "the old master may hold its role until its lease has lapsed"));
    }

    /**
     * It has left every older master, by its own word, or runs no more. A server belongs to nobody before its first role, and
     * its word counts all the same: it will confirm nobody. A master that came back so is not the one that had the role.
     */
    private boolean promised(String member, long epoch) {
        return switch (seen(member)) {
            case Answered(ServerState state) -> {
                boolean unused = state.clusterId().isEmpty() && !member.equals(electorate.master());
                yield (unused || known(state)) && state.promised() >= epoch;
            }
            case Stopped() -> true;
            case Silent() -> false;
            case Lost() -> false;
        };
    }

    private Decision newest() {
        return lostWithItsServers() ? afresh() : NewestData.among(electorate, answered(), circumstances.patienceOver());
    }

    /**
     * Nothing that the group held is anywhere: every member answers, is new and empty, and keeps by declaration nothing but
     * what is in its present process' reach. One that is silent, or has ever had a role, may know better.
     */
    private boolean lostWithItsServers() {
        return !circumstances.strangersHoldData()
                && electorate.members().stream()
                        .allMatch(m -> state(m).filter(MasterChoice::isNew).isPresent());
    }

    private static boolean isNew(ServerState state) {
        return state.ephemeral()
                && state.engine() == ServerState.Engine.UP
                && state.clusterId().isEmpty()
                && state.epoch() == 0
                && !state.hasData()
                && state.keys() == 0;
    }

    private Decision afresh() {
        return answered().stream()
                .filter(s -> !s.leaving() && !electorate.fenced().contains(s.address()))
                .findFirst()
                .<Decision>map(s -> new Decision.Promote(s.address(), Promotion.Kind.AFRESH))
                .orElseGet(() -> new Decision.Wait(electorate.members(), "all members are told to stop, or fenced"));
    }

    /** Their promises are what keeps them from confirming a master of before that is still somewhere. */
    private Decision afreshProven(long epoch) {
        var unpromised = answered().stream()
                .filter(s -> s.promised() < epoch)
                .map(ServerState::address)
                .toList();
        return unpromised.isEmpty() ? afresh() : new Decision.Wait(unpromised, "these members have not promised");
    }

    private boolean up(String member) {
        return state(member).filter(s -> s.engine() == ServerState.Engine.UP).isPresent();
    }

    private boolean known(ServerState state) {
        return NewestData.belongs(electorate, state);
    }

    private List<ServerState> answered() {
        return electorate.members().stream()
                .map(this::state)
                .flatMap(Optional::stream)
                .collect(Collectors.toList());
    }

    private Optional<ServerState> state(String member) {
        return seen(member) instanceof Answered(ServerState state) ? Optional.of(state) : Optional.empty();
    }

    private Observation seen(String member) {
        return seen.getOrDefault(member, new Silent());
    }
}
