package io.codis.core.failover;

import io.codis.core.wire.ServerState;

/** What the leading dashboard knows of one member at the moment of a decision. */
public sealed interface Observation {

    /** Its launcher answered, authenticated, a moment ago. */
    record Answered(ServerState state) implements Observation {}

    /** No answer, for too short a time or for too few observers to call it down. */
    record Silent() implements Observation {}

    /**
     * Neither launcher nor engine, or the engine alone, has answered for so long that a majority of those who watch it
     * agree that it is down. Not a proof that it has stopped.
     */
    record Lost() implements Observation {}

    /**
     * Proven stopped: its launcher said so, or the runtime that owns the process does. It cannot come back as master by
     * itself, since every start begins fenced. A refused connection is no such proof.
     */
    record Stopped() implements Observation {}
}
