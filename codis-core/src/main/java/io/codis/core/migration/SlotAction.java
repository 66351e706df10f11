package io.codis.core.migration;

/**
 * The move of one slot to another group. Only the legal transitions exist as methods.
 *
 * <pre>
 *   Idle -> Pending -> Preparing -> Prepared -> Migrating -> Finished -> Idle (at the target)
 *              ^------------'          ^            |
 *                                      '- Swapping <' (source and target change places)
 * </pre>
 *
 * <p>Until {@link Migrating} has been stored every key is at the source, so a move may still be called off. From then on
 * keys lie on both sides and the only way back is the opposite move, behind a barrier of its own.
 */
public sealed interface SlotAction {

    /** The only idle action. */
    Idle IDLE = new Idle();

    /** The order in which moves were asked for; the smallest goes first. 0 when idle. */
    int index();

    /** The group that receives the slot, 0 when idle. */
    int target();

    /** Nothing is asked. */
    record Idle() implements SlotAction {

        @Override
        public int index() {
            return 0;
        }

        @Override
        public int target() {
            return 0;
        }

        public Pending pending(int index, int target) {
            return new Pending(index, target);
        }
    }

    /** Asked for; nothing has happened and it may be withdrawn. */
    record Pending(int index, int target) implements SlotAction {

        public Preparing preparing() {
            return new Preparing(index, target);
        }

        public Idle withdrawn() {
            return IDLE;
        }
    }

    /** Proxies are told to lock the slot; some may still write to the source. */
    record Preparing(int index, int target) implements SlotAction {

        /** Every admitted proxy has locked the slot, or is fenced at the servers. */
        public Prepared prepared() {
            return new Prepared(index, target);
        }

        public Pending rolledBack() {
            return new Pending(index, target);
        }
    }

    /**
     * As {@link Preparing}, for a move that was turned round while keys lay on both sides: it cannot become pending, since
     * a pending slot is served by its owner alone.
     */
    record Swapping(int index, int target) implements SlotAction {

        public Prepared prepared() {
            return new Prepared(index, target);
        }
    }

    /** No proxy writes to the slot by an older route. */
    record Prepared(int index, int target) implements SlotAction {

        public Migrating migrating() {
            return new Migrating(index, target);
        }
    }

    /** Writes run at the target; each key is moved before it is touched, the rest in batches. */
    record Migrating(int index, int target) implements SlotAction {

        /** No key of the slot is left at the source. */
        public Finished finished() {
            return new Finished(index, target);
        }

        /** The way back: {@code source} becomes the target and the present target the owner. */
        public Swapping swapped(int source) {
            return new Swapping(index, source);
        }
    }

    /** The source holds nothing of the slot; proxies are told to forget it. */
    record Finished(int index, int target) implements SlotAction {

        public Idle idle() {
            return IDLE;
        }
    }
}
