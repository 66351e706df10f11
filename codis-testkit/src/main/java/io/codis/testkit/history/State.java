package io.codis.testkit.history;

/**
 * A key's value and when it expires.
 *
 * @param expiresAt milliseconds since 1970, 0 for never
 */
record State(Value value, long expiresAt) {

    static final State NOTHING = new State(Value.ABSENT, 0);

    /** How far a time to live may be off, milliseconds. */
    static final long SLACK = 1000;

    /** This state with an expiry that has certainly passed applied. */
    State at(long now) {
        return expiresAt != 0 && now > expiresAt + SLACK ? NOTHING : this;
    }

    boolean isAbsent() {
        return value instanceof Value.Absent;
    }

    /** Whether somebody who asked between {@code from} and {@code to} may have seen {@code seen} in this state. */
    boolean shows(Value seen, long from, long to) {
        if (expiresAt == 0 || isAbsent()) {
            return value.equals(seen);
        }
        return seen instanceof Value.Absent ? to + SLACK >= expiresAt : value.equals(seen) && from - SLACK <= expiresAt;
    }

    /** The same for the remaining time to live that was answered with the value: PTTL's -1 for none, -2 for no key. */
    boolean showsTtl(Value seen, long pttl, long from, long to) {
        if (seen instanceof Value.Absent || pttl == -2) {
            return true;
        }
        if (expiresAt == 0 || pttl < 0) {
            return expiresAt == 0 && pttl == -1;
        }
        return from + pttl - SLACK <= expiresAt && expiresAt <= to + pttl + SLACK;
    }
}
