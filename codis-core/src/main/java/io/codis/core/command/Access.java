package io.codis.core.command;

/** What a command does to keys, as the engine's {@code COMMAND} flags say. */
public enum Access {
    /** Flag {@code readonly}: may be sent again when its reply is lost. */
    READ,
    /** Flag {@code write}. */
    WRITE,
    /** Neither flag; a script of this kind may write. */
    NEITHER
}
