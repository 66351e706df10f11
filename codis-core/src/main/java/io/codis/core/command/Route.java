package io.codis.core.command;

/** The way of a command through the proxy. Every command has exactly one. */
public enum Route {
    /** To the master of the one slot that all its keys are in; keys in several slots are refused. */
    SINGLE,
    /** Cut into parts by the slots of its keys; the replies are put together by {@link Command#join()}. */
    SPLIT,
    /** Answered by the proxy itself. */
    LOCAL,
    /** Sent to every group, or to one after another; put together by {@link Command#join()}. */
    FANOUT,
    /** Needs a backend connection of its own; refused with {@link Command#refusal} until the proxy gives one. */
    SESSION,
    /** Never served; {@link Command#refusal} says why. */
    REFUSED
}
