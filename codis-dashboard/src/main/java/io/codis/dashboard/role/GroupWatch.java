package io.codis.dashboard.role;

import io.codis.core.failover.Observation;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.wire.ServerState;
import io.codis.core.wire.TakenSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the members of one group look to this dashboard, and since when. For the group's loop only. */
final class GroupWatch {

    private final Launchers launchers;
    private final DirectAccess engines;
    private final MasterView view;
    private final RoleTimes times;
    private final Notices notices;
    private final Map<String, Long> silentSince = new HashMap<>();

    GroupWatch(Launchers launchers, DirectAccess engines, MasterView view, RoleTimes times, Notices notices) {
        this.launchers = launchers;
        this.engines = engines;
        this.view = view;
        this.times = times;
        this.notices = notices;
    }

    /** Asks every launcher at once. */
    Map<String, Observation> look(Group group) {
        List<String> members = group.members().stream().map(Member::address).toList();
        Map<String, ServerState> answers = launchers.ask(members, launchers::state);
        answers.forEach((member, state) ->
                notices.settings(member, Objects.requireNonNullElse(state.settings(), TakenSettings.NONE)));
        silentSince.keySet().retainAll(members);
        var seen = new HashMap<String, Observation>();
        for (String member : members) {
            ServerState state = answers.get(member);
            boolean quiet = state == null || state.engine() == ServerState.Engine.SILENT;
            Duration silence = silence(member, quiet);
            boolean lost = quiet && isLost(member, member.equals(members.getFirst()), state != null, silence);
            seen.put(member, observation(member, state, lost));
        }
        return seen;
    }

    private static Observation observation(String member, @Nullable ServerState state, boolean lost) {
        if (state == null && DirectAccess.provenStopped(member)) {
            return new Observation.Stopped();
        }
        if (lost) {
            return new Observation.Lost();
        }
        return state == null ? new Observation.Silent() : new Observation.Answered(state);
    }

    /** As {@link #look}, but a silence counts from the start again. */
    void forget() {
        silentSince.clear();
    }

    /** For the log. */
    static String brief(Map<String, Observation> seen) {
        var text = new StringBuilder();
        seen.forEach((member, observation) -> text.append(text.isEmpty() ? "" : ", ")
                .append(member)
                .append('=')
                .append(
                        observation instanceof Observation.Answered(ServerState s)
                                ? s.engine() + "/" + s.role() + "/epoch " + s.epoch() + "/offset " + s.offset()
                                : observation.getClass().getSimpleName()));
        return text.toString();
    }

    private Duration silence(String member, boolean quiet) {
        if (!quiet) {
            silentSince.remove(member);
            return Duration.ZERO;
        }
        long since = silentSince.computeIfAbsent(member, ignored -> System.nanoTime());
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /** A launcher that says that its engine hangs is a witness of its own; else everybody who could see it is asked. */
    private boolean isLost(String member, boolean master, boolean launcherAnswers, Duration silence) {
        if (silence.compareTo(times.failoverAfter()) < 0) {
            return false;
        }
        if (!master || launcherAnswers) {
            return true;
        }
        if (engines.answers(member)) {
            return silence.compareTo(times.launcherSilence()) > 0;
        }
        return !view.answersProxies(member);
    }
}
