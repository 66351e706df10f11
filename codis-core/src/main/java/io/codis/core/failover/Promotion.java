package io.codis.core.failover;

/**
 * The change of a group's master. Only the legal transitions exist as methods.
 *
 * <pre>
 *   None -> Preparing -> Prepared -> Finished -> None
 *             ^  '----.     |
 *             '- restarted -'   (another member, or the old master: a roll-back), always under a new epoch
 * </pre>
 *
 * <p>The group's slots are locked in every proxy from {@link Preparing} to {@link Prepared}. The member is given its role
 * while {@link Prepared} is stored, so {@link Finished} never names a master that has not taken its role.
 */
public sealed interface Promotion {

    /** The only absent promotion. */
    None NONE = new None();

    /** Proxies are not to send anything to the group. */
    default boolean locks() {
        return switch (this) {
            case None ignored -> false;
            case Preparing ignored -> true;
            case Prepared ignored -> true;
            case Finished ignored -> false;
        };
    }

    /** Why a master changes; it decides how the old master is dealt with and what the new one must prove. */
    enum Kind {
        /** No server of the cluster ever held data; the first member becomes master. */
        BOOTSTRAP,
        /** The old master takes part: it is fenced only when the chosen candidate has everything. */
        SWITCHOVER,
        /** The old master is gone or has restarted; promises stand for it, and the newest proven data wins. */
        FAILOVER,
        /** A person chose the member and accepts what is lost. */
        FORCED,
        /** No server of the group has storage, and all are new: it begins again without data. */
        AFRESH
    }

    /** No change is under way. */
    record None() implements Promotion {

        public Preparing preparing(Kind kind, String member, long epoch) {
            return new Preparing(kind, member, epoch);
        }
    }

    /** Proxies are told to lock the group's slots; promises for the epoch are being collected. */
    record Preparing(Kind kind, String member, long epoch) implements Promotion {

        /** All proxies have locked or are fenced, and {@code proven} is the member with the newest data. */
        public Prepared prepared(String proven, String run) {
            return new Prepared(kind, proven, run, epoch);
        }

        public Preparing restarted(Kind newKind, String newMember, long newEpoch) {
            return new Preparing(newKind, newMember, newEpoch);
        }
    }

    /**
     * Nobody writes to the group. The member is given the role of master under this epoch.
     *
     * @param run run id of the engine that was proven to have the data; another run of it may have been started with less,
     *     and is not given the role
     */
    record Prepared(Kind kind, String member, String run, long epoch) implements Promotion {

        public Finished finished() {
            return new Finished(member, epoch);
        }

        /** The member failed, or the switchover is rolled back to the old master. */
        public Preparing restarted(Kind newKind, String newMember, long newEpoch) {
            return new Preparing(newKind, newMember, newEpoch);
        }
    }

    /** The member is master; proxies are being told. */
    record Finished(String member, long epoch) implements Promotion {

        public None none() {
            return NONE;
        }
    }
}
