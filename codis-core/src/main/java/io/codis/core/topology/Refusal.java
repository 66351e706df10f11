package io.codis.core.topology;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.util.Locale;

/** The texts of refused commands. */
final class Refusal {

    private Refusal() {}

    static CodisException refuse(Reason reason, String format, Object... arguments) {
        return new CodisException(reason, String.format(Locale.ROOT, format, arguments));
    }
}
