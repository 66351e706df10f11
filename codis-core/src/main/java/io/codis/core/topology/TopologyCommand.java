package io.codis.core.topology;

/** A change of the {@link Topology}. Refusals carry the texts of Codis 3.2 where it knows the operation. */
public sealed interface TopologyCommand
        permits GroupCommand, MemberCommand, PromotionCommand, SlotCommand, ProxyCommand, LeadCommand {

    /**
     * The changed topology, its version not yet raised; called by {@link Topology#apply}.
     *
     * @throws io.codis.core.problem.CodisException when the change is not legal
     */
    Topology changed(Topology before);
}
