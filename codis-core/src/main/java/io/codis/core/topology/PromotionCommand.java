package io.codis.core.topology;

import static io.codis.core.topology.Refusal.refuse;

import io.codis.core.failover.Promotion;
import io.codis.core.migration.SlotAction;
import io.codis.core.problem.Reason;

/** The steps by which a group gets a new master. Every start takes the next epoch. */
public sealed interface PromotionCommand extends TopologyCommand {

    int group();

    /**
     * Refused unless the member may be promoted in that way: {@code BOOTSTRAP} only in a group that never had a master,
     * {@code SWITCHOVER} only to a candidate, {@code FAILOVER} to a candidate or the master itself, {@code FORCED} to any,
     * {@code AFRESH} to any of a group that has had a master.
     */
    record StartPromotion(int group, String address, Promotion.Kind kind) implements PromotionCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            present.required(address);
            if (!(present.promotion() instanceof Promotion.None none)) {
                throw refuse(
                        Reason.BUSY,
                        "group-[%d] is promoting index = %d",
                        group,
                        present.indexOf(promoted(present.promotion())));
            }
            Eligibility.check(present, address, kind);
            long epoch = before.epoch() + 1;
            return before.withEpoch(epoch).withGroup(present.withPromotion(none.preparing(kind, address, epoch)));
        }
    }

    /**
     * Begins again under a new epoch, the slots staying locked: with another member, or with the present master, which is
     * the roll-back of a switchover.
     */
    record RestartPromotion(int group, String address, Promotion.Kind kind) implements PromotionCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            present.required(address);
            Eligibility.check(present, address, kind);
            long epoch = before.epoch() + 1;
            var next = switch (present.promotion()) {
                case Promotion.Preparing preparing -> preparing.restarted(kind, address, epoch);
                case Promotion.Prepared prepared -> prepared.restarted(kind, address, epoch);
                case Promotion.None ignored -> throw notIn(group, "preparing or prepared");
                case Promotion.Finished ignored -> throw notIn(group, "preparing or prepared");
            };
            return before.withEpoch(epoch).withGroup(present.withPromotion(next));
        }
    }

    /**
     * The barrier has passed and {@code address} is proven to have the newest data; it need not be the one first chosen.
     *
     * @param run run id of its engine, as it was proven
     */
    record PromotionPrepared(int group, String address, String run) implements PromotionCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            present.required(address);
            if (!(present.promotion() instanceof Promotion.Preparing preparing)) {
                throw notIn(group, "preparing");
            }
            Eligibility.check(present, address, preparing.kind());
            return before.withGroup(present.withPromotion(preparing.prepared(address, run)));
        }
    }

    /**
     * The member is master: it comes first, the old master last. Logins for keys that move out of or into this group are
     * replaced, since they belong to the servers that had the roles until now; the old ones must be gone at the targets
     * before this is stored.
     */
    record PromotionFinished(int group) implements PromotionCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            if (!(present.promotion() instanceof Promotion.Prepared prepared)) {
                throw notIn(group, "prepared");
            }
            Topology next =
                    before.withGroup(present.promoted(prepared.member(), prepared.epoch(), prepared.finished()));
            return renewMoves(next, group);
        }
    }

    /** Every proxy has the new route. */
    record PromotionCleared(int group) implements PromotionCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            if (!(present.promotion() instanceof Promotion.Finished finished)) {
                throw notIn(group, "finished");
            }
            return before.withGroup(present.withPromotion(finished.none()).withOutOfSync(false));
        }
    }

    private static Topology renewMoves(Topology topology, int group) {
        var sources = topology.slots().stream()
                .filter(s -> !(s.action() instanceof SlotAction.Idle) && s.concerns(group) && s.group() != 0)
                .map(Slot::group)
                .distinct()
                .toList();
        Topology next = topology;
        for (int source : sources) {
            next = next.withGroup(next.group(source).withMoveGeneration(topology.nextVersion()));
        }
        return next;
    }

    private static String promoted(Promotion promotion) {
        return switch (promotion) {
            case Promotion.None ignored -> "";
            case Promotion.Preparing p -> p.member();
            case Promotion.Prepared p -> p.member();
            case Promotion.Finished p -> p.member();
        };
    }

    private static RuntimeException notIn(int group, String state) {
        return refuse(Reason.BUSY, "group-[%d] isn't promoting in state %s", group, state);
    }
}
