package io.codis.dashboard.role;

import io.codis.core.problem.Reason;

/** Where a loop says what a person should know, one notice for each object and reason. */
public interface Notices {

    /** It holds. */
    void set(Reason reason, String object, String message);

    /** It is over. */
    void clear(Reason reason, String object);
}
