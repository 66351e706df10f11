package io.codis.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.operator.api.ClusterStatus.Condition;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {

    private static final String LONG_AGO = "2020-01-01T00:00:00Z";

    @Test
    void whatNothingIsSaidAboutStaysAsItWas() {
        var pods = new Condition("PodsRunning", "True", "AllWell", "", 1L, LONG_AGO);
        var ready = new Condition("Ready", "True", "AllWell", "", 1L, LONG_AGO);
        var conditions = new Conditions(List.of(ready, pods), 2L);

        List<Condition> now = conditions.with(List.of(conditions.of("Ready", false, "InvalidArgument", "why")));

        assertThat(now).extracting(Condition::type).containsExactly("Ready", "PodsRunning");
        assertThat(now.getFirst().status()).isEqualTo("False");
        assertThat(now.getFirst().lastTransitionTime()).isNotEqualTo(LONG_AGO);
        assertThat(now.getLast()).isEqualTo(pods);
    }
}
