package io.codis.server.role;

/**
 * How long a master stays master without being confirmed again (safety rule 13). Times are milliseconds of {@link
 * io.codis.infra.process.BootClock}; a confirmation counts from when it was asked for, not from when it arrived.
 */
sealed interface Lease {

    /** The only member of its group: there is nobody who could be promoted. */
    record Unneeded() implements Lease {}

    /** Over at {@code until}, and then over for good. */
    record Until(long until) implements Lease {}

    /** The lease of a new master of {@code members}, ordered by somebody who saw its clock at {@code clock}. */
    static Lease first(int members, long clock, long now, long length) {
        return members <= 1 ? new Unneeded() : new Until(Math.min(clock, now) + length);
    }

    default boolean over(long now) {
        return switch (this) {
            case Unneeded ignored -> false;
            case Until(long until) -> now >= until;
        };
    }

    /** Less than {@code millis} are left. */
    default boolean endsWithin(long millis, long now) {
        return switch (this) {
            case Unneeded ignored -> false;
            case Until(long until) -> until - now < millis;
        };
    }

    /** Never shorter than before; a lease that is over stays over. */
    default Lease confirmed(long clock, long now, long length) {
        return switch (this) {
            case Unneeded ignored -> this;
            case Until(long until) -> over(now) ? this : new Until(Math.max(until, Math.min(clock, now) + length));
        };
    }
}
