package io.codis.operator.reconcile;

import io.codis.operator.drive.Live;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Why servers have no pods. Unlike a Deployment, a StatefulSet says so only in its events, which are asked for when a pod
 * has been missing for longer than it takes to make one, and not on every pass.
 */
final class Refusals {

    private static final Duration USUAL = Duration.ofSeconds(5);
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final Map<String, Missing> missing = new ConcurrentHashMap<>();

    /**
     * A set without one of its pods.
     *
     * @param asked when its events were asked for last
     * @param answer what they said
     */
    private record Missing(Instant since, Instant asked, Optional<String> answer) {}

    /**
     * What the API server said when it refused a pod, one for each set at most.
     *
     * @param events of a set
     */
    List<String> of(Live live, Instant now, Function<StatefulSet, List<Event>> events) {
        return live.serverSets().values().stream()
                .flatMap(set -> of(set, live.missingPods(set), now, events).stream())
                .toList();
    }

    private Optional<String> of(
            StatefulSet set, List<String> pods, Instant now, Function<StatefulSet, List<Event>> events) {
        String key = set.getMetadata().getUid();
        if (pods.isEmpty()) {
            missing.remove(key);
            return Optional.empty();
        }
        Missing known = missing.computeIfAbsent(key, _ -> new Missing(now, Instant.EPOCH, Optional.empty()));
        if (now.isBefore(known.since().plus(USUAL))
                || now.isBefore(known.asked().plus(AGAIN))) {
            return known.answer();
        }
        List<Event> said = events.apply(set);
        Optional<String> answer =
                pods.stream().flatMap(pod -> refused(pod, said).stream()).findFirst();
        missing.put(key, new Missing(known.since(), now, answer));
        return answer;
    }

    /** By the last event about that pod: an older refusal may have passed. */
    private static Optional<String> refused(String pod, List<Event> events) {
        return events.stream()
                .filter(event -> message(event).contains("Pod " + pod + " in StatefulSet"))
                .max(Comparator.comparing(Refusals::time))
                .filter(event -> "FailedCreate".equals(event.getReason()))
                .map(Refusals::message);
    }

    private static String message(Event event) {
        return Objects.toString(event.getMessage(), "");
    }

    private static String time(Event event) {
        return Objects.toString(event.getLastTimestamp(), "");
    }

    /** All that a StatefulSet has said. Not being allowed to ask is no reason to stop. */
    static List<Event> events(KubernetesClient client, StatefulSet set) {
        try {
            return client.v1()
                    .events()
                    .inNamespace(set.getMetadata().getNamespace())
                    .withField("involvedObject.uid", set.getMetadata().getUid())
                    .list()
                    .getItems();
        } catch (KubernetesClientException e) {
            return List.of();
        }
    }
}
