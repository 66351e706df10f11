package io.codis.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a launcher refuses, by its reason. */
final class Refusals {

    private Refusals() {}

    static void assertStale(ThrowingCallable order) {
        assertRefused(Reason.STALE_EPOCH, order);
    }

    static void assertRefused(Reason reason, ThrowingCallable order) {
        CodisException refusal = catchThrowableOfType(CodisException.class, order);
        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
    }
}
