package io.codis.core.topology;

/**
 * Whether a replica may become master. A member leaves by a stored change before anybody stops waiting for it, and comes
 * back in two: first everybody waits for it, then, once it has caught up under those waits, it may be promoted.
 */
public enum Candidacy {
    /** Nobody waits for it; it may have missed acknowledged writes. */
    OUT,
    /** Its acknowledgement is waited for wherever the route of this version is in force; it may not be promoted yet. */
    AWAITED,
    /** It has every acknowledged write. */
    CANDIDATE,
    /**
     * It had every acknowledged write when a person fenced it. Nobody waits for it and it is not promoted on that ground, but
     * it may have what a master loses by a restart.
     */
    WITNESS;

    /** Its acknowledgement is waited for. */
    public boolean awaited() {
        return this == AWAITED || this == CANDIDATE;
    }

    /** What is left of it behind a fence. */
    Candidacy fenced() {
        return switch (this) {
            case OUT, AWAITED -> OUT;
            case CANDIDATE, WITNESS -> WITNESS;
        };
    }
}
