package io.codis.dashboard.role;

import io.codis.core.problem.Reason;
import io.codis.core.wire.TakenSettings;

/** Where a loop says what a person should know, one notice for each object and reason. */
public interface Notices {

    /** It holds. */
    void set(Reason reason, String object, String message);

    /** It is over. */
    void clear(Reason reason, String object);

    /** How far a server is with its live settings, by its launcher's last word. */
    void settings(String server, TakenSettings settings);
}
