package io.codis.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.operator.desired.ObjectNames;
import io.codis.operator.drive.Live;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String SET = "c-codis-server-statefulset-g2";
    private static final String REFUSED = "Create Pod " + SET + "-1 in StatefulSet " + SET + " failed error: pods \""
            + SET + "-1\" is forbidden: violates PodSecurity";

    private final Refusals refusals = new Refusals();
    private final List<Event> events = new ArrayList<>(List.of(event("FailedCreate", REFUSED, NOW)));
    private int asked;

    @Test
    void aServerThatIsRefusedForSomeSecondsIsToldInTheWordsOfTheApiServer() {
        assertThat(at(0, pod(0))).isEmpty();
        assertThat(at(4, pod(0))).isEmpty();
        assertThat(asked).as("a pod that is made anew is away for a moment").isZero();

        assertThat(at(5, pod(0))).containsExactly(REFUSED);
    }

    @Test
    void eventsAreAskedForEveryTenSecondsAndOnlyWhileAPodIsMissing() {
        at(0, pod(0));
        at(5, pod(0));
        for (int second = 6; second < 15; second++) {
            assertThat(at(second, pod(0))).containsExactly(REFUSED);
        }
        assertThat(asked).isOne();
        assertThat(at(15, pod(0))).containsExactly(REFUSED);
        assertThat(asked).isEqualTo(2);

        assertThat(at(30, pod(0), pod(1))).isEmpty();
        assertThat(at(31, pod(0))).isEmpty();
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void aRefusalThatHasPassedAndThatOfAnotherPodDoNotCount() {
        String made = "create Pod " + SET + "-1 in StatefulSet " + SET + " successful";
        events.add(event("SuccessfulCreate", made, NOW.plusSeconds(60)));
        events.add(event("FailedCreate", REFUSED.replace("-1 ", "-11 "), NOW.plusSeconds(70)));

        at(100, pod(0));
        assertThat(at(110, pod(0))).isEmpty();
        assertThat(asked).isOne();

        events.add(event("FailedCreate", "(combined from similar events): " + REFUSED, NOW.plusSeconds(120)));
        assertThat(at(120, pod(0))).singleElement().asString().endsWith(REFUSED);
    }

    private List<String> at(int second, Pod... pods) {
        var objects = new ArrayList<HasMetadata>(List.of(pods));
        objects.add(set());
        return refusals.of(new Live(new ObjectNames("c", "shop"), objects), NOW.plusSeconds(second), set -> {
            assertThat(set.getMetadata().getUid()).isEqualTo("u");
            asked++;
            return events;
        });
    }

    private static StatefulSet set() {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withName(SET)
                .withUid("u")
                .addToLabels(ObjectNames.GROUP, "2")
                .endMetadata()
                .withNewSpec()
                .withReplicas(2)
                .endSpec()
                .build();
    }

    private static Pod pod(int number) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(SET + "-" + number)
                .endMetadata()
                .build();
    }

    private static Event event(String reason, String message, Instant at) {
        return new EventBuilder()
                .withReason(reason)
                .withMessage(message)
                .withLastTimestamp(at.toString())
                .build();
    }
}
