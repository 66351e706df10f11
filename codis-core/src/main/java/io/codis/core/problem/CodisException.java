package io.codis.core.problem;

/** A refusal that a person or a program can act on. The message names the field or object and its value. */
public final class CodisException extends RuntimeException {

    private final Reason reason;

    public CodisException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public CodisException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
