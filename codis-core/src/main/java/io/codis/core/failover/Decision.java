package io.codis.core.failover;

import io.codis.core.problem.Reason;
import java.util.List;

/** What is to be done about a group's master. Decisions are pure; the same facts give the same decision. */
public sealed interface Decision {

    /** The master is what is stored. */
    record Nothing() implements Decision {}

    /** Promote this member, in this way. */
    record Promote(String member, Promotion.Kind kind) implements Decision {}

    /**
     * Not yet: look again.
     *
     * @param members whose word would help, empty when only time does
     * @param why for people, without a final stop
     */
    record Wait(List<String> members, String why) implements Decision {}

    /**
     * Nothing that can be known allows a promotion; a person decides.
     *
     * @param explanation for people: what is missing and what is at stake
     */
    record NeedsDecision(Reason reason, String explanation) implements Decision {}
}
