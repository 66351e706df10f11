package io.codis.core.explore;

/** What protects the data. Each can be left out, to see that the explorer misses it. */
enum Rule {
    /** Rule 1: a copy never replaces a key. */
    COPY_NEVER_REPLACES,
    /** Rule 2: a removal at the source is acknowledged by its candidates before a write runs at the target. */
    SOURCE_ACKNOWLEDGES,
    /** Rule 3: a key is removed at the source only after the target's candidates have the copy. */
    TARGET_ACKNOWLEDGES,
    /** Rule 4: after an I/O error the move's login is deleted at the target and replaced. */
    LOGIN_DIES_WITH_AN_ERROR,
    /** Rule 4: whoever removes a key asks the source in the same breath whether a move of this login ever failed. */
    SOURCE_REMEMBERS_ERRORS,
    /** Rule 4: the login is gone before the source is forgotten or its role changes. */
    LOGIN_DIES_BEFORE_THE_SOURCE_IS_LEFT,
    /** Rule 5: the way back is a move of its own, behind a barrier. */
    SWAP_TAKES_A_BARRIER,
    /** Rule 10: an engine's restart ends its mastership. */
    RESTART_ENDS_MASTERSHIP,
    /** Rule 10: that a master has ended in good order proves nothing any more once it has a role again. */
    A_ROLE_ENDS_THE_PROOF,
    /** Rule 10: the role is given to the run of the engine that was proven to have the data. */
    ROLE_NAMES_THE_RUN,
    /** Rule 11: the next state is stored after every proxy has locked or is evicted. */
    BARRIER_WAITS,
    /** Rule 11: an evicted proxy's login is deleted at the masters concerned. */
    EVICTION_FENCES,
    /** Rule 11: a proxy confirms a lock only when nothing that it has sent before can still run. */
    LOCK_WAITS_FOR_SENT_REQUESTS,
    /** Rule 12: a switchover gives the role away only when the candidate has everything. */
    SWITCHOVER_WAITS_FOR_OFFSETS,
    /** Rule 13: a master that is not heard of is given up only after its lease. */
    LEASE_MUST_LAPSE,
    /** Rule 14: a new leader ends the logins of the older ones before it goes on. */
    LEADER_DEPOSES_OLDER,
    /** Rule 14: a proxy refuses a route that is not newer. */
    ROUTES_ONLY_RISE,
    /** A member leaves the candidates by a stored change before anybody stops waiting for it. */
    CANDIDATES_ARE_AWAITED,
    /** A proxy waits for the candidates of the route in force, not of the one that it took the request under. */
    WAITS_FOLLOW_THE_ROUTE
}
