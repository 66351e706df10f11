package io.codis.core.plan;

import io.codis.core.plan.Observed.Freshness;
import io.codis.core.plan.Observed.Group;
import io.codis.core.plan.Observed.Member;
import io.codis.core.plan.Observed.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings to servers what they read only when they start. One member of a group at a time, a master only when another has
 * taken its role; and the next one only when the last is in sync, so that a change which no server survives stops at the
 * first.
 */
final class ServerRoll {

    private ServerRoll() {}

    /** Servers that do not serve anyway: they may be what the rest waits for, and a mended wish must reach them. */
    static List<Step> idle(Observed observed) {
        return observed.groups().values().stream()
                .flatMap(group -> group.members().stream())
                .filter(member -> member.freshness() == Freshness.BEHIND_AND_IDLE)
                .<Step>map(member -> new Step.RestartServer(member.id()))
                .toList();
    }

    /** The replica that a former change has left out of sync: it would be waited for in vain. */
    static Optional<Step> broken(Group group) {
        boolean waiting = group.members().stream()
                .anyMatch(member -> !member.behind() && member.standing() == Standing.CATCHING_UP);
        return group.master().isEmpty() || waiting
                ? Optional.empty()
                : group.members().stream()
                        .filter(member ->
                                member.freshness() == Freshness.BEHIND && member.standing() == Standing.CATCHING_UP)
                        .findFirst()
                        .map(member -> new Step.RestartServer(member.id()));
    }

    /** The whole roll through a group that is complete and in sync. */
    static List<Step> through(Group group) {
        var steps = new ArrayList<Step>();
        List<Member> behind = group.members().stream().filter(Member::behind).toList();
        behind.stream()
                .filter(member -> member.standing() != Standing.MASTER)
                .forEach(member -> restart(member, steps));
        behind.stream().filter(member -> member.standing() == Standing.MASTER).forEach(master -> {
            group.members().stream()
                    .filter(member -> !member.equals(master) && member.standing() != Standing.FENCED)
                    .findFirst()
                    .ifPresent(heir -> {
                        steps.add(new Step.SwitchOver(heir.id()));
                        restart(master, steps);
                    });
        });
        return steps;
    }

    private static void restart(Member member, List<Step> steps) {
        steps.add(new Step.RestartServer(member.id()));
        steps.add(new Step.AwaitInSync(member.id().group()));
    }

    /**
     * A group of one that serves needs a second server while its own is started anew: without it, clients would wait, and
     * without a volume its data would be gone.
     */
    static boolean needsSecond(Optional<Group> group, MemberId only) {
        return group.filter(found -> found.master().isPresent())
                .flatMap(found -> found.member(only))
                .filter(member -> member.freshness() == Freshness.BEHIND)
                .isPresent();
    }
}
