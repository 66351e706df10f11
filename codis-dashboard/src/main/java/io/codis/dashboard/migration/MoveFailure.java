package io.codis.dashboard.migration;

/** A MIGRATE whose keys may still arrive at the target: its login must go before anything else happens (safety rule 4). */
final class MoveFailure extends RuntimeException {

    MoveFailure(String message) {
        super(message);
    }

    MoveFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
