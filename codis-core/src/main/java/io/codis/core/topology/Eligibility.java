package io.codis.core.topology;

import static io.codis.core.topology.Refusal.refuse;

import io.codis.core.failover.Promotion;
import io.codis.core.problem.Reason;

/** Which member may be promoted in which way. */
final class Eligibility {

    private Eligibility() {}

    static void check(Group group, String member, Promotion.Kind kind) {
        boolean master = group.indexOf(member) == 0;
        boolean candidate = group.candidates().contains(member);
        if (group.fenced().contains(member)) {
            throw refuse(
                    Reason.NOT_READY, "server-[%s] is fenced, and becomes master only when it is unfenced", member);
        }
        switch (kind) {
            case BOOTSTRAP -> {
                if (group.initialized()) {
                    throw refuse(Reason.ALREADY_EXISTS, "group-[%d] has had a master", group.id());
                }
            }
            case SWITCHOVER -> {
                if (master) {
                    throw refuse(Reason.INVALID_ARGUMENT, "group-[%d] can't promote master", group.id());
                }
                if (!candidate) {
                    throw refuse(Reason.NOT_READY, "server-[%s] isn't in sync", member);
                }
            }
            case FAILOVER -> {
                if (!master && !candidate) {
                    throw refuse(Reason.NEEDS_DECISION, "server-[%s] may lack acknowledged writes", member);
                }
            }
            case AFRESH -> {
                if (!group.initialized()) {
                    throw refuse(Reason.INVALID_ARGUMENT, "group-[%d] has never had a master", group.id());
                }
            }
            case FORCED -> {
                // a person has accepted what this member lacks
            }
        }
    }
}
