package io.codis.core.explore;

/** What may happen only so many times, so that there are finitely many worlds. */
enum Budget {
    /** Requests of clients. */
    REQUEST,
    /** An engine dies and is started again, with what was on its disk at the very beginning. */
    ENGINE_CRASH,
    /** A master ends in good order, all its writes on disk, and is started again. */
    ORDERLY_STOP,
    /** The connection of a replica to its master ends. */
    LINK_CUT,
    /** The dashboard dies, and another one leads. */
    DASHBOARD_CRASH,
    /** A proxy stops for good, with what it has sent still under way. */
    PROXY_HANG,
    /** The dashboard gives up waiting for a proxy. */
    EVICTION,
    /** A MIGRATE ends with an error, and its RESTORE arrives later. */
    IO_ERROR,
    /** The dashboard cannot reach a server that clients can. */
    ISOLATION,
    /** A route table is long under way. */
    LATE_ROUTE,
    /** A person asks for another master. */
    SWITCHOVER,
    /** A person turns a move round. */
    SWAP,
    /** A person lets a candidate go. */
    DROP
}
