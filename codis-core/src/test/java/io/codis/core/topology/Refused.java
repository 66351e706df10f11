package io.codis.core.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;

/** What a refused command says. */
final class Refused {

    private Refused() {}

    static void with(Topology topology, TopologyCommand command, Reason reason, String message) {
        var refusal = catchThrowableOfType(CodisException.class, () -> topology.apply(command));
        assertThat(refusal).as("%s", command).isNotNull().hasMessage(message);
        assertThat(refusal.reason()).isEqualTo(reason);
    }
}
