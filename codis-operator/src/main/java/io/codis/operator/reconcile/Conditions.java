package io.codis.operator.reconcile;

import io.codis.operator.api.ClusterStatus.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes conditions whose transition time moves only when their status does. */
final class Conditions {

    /** Of what only the dashboard can say. */
    static final String SILENT = "DashboardSilent";

    private final List<Condition> before;
    private final Long generation;

    Conditions(@Nullable List<Condition> before, Long generation) {
        this.before = before == null ? List.of() : before;
        this.generation = generation;
    }

    /** These, and those of before that they say nothing about. */
    List<Condition> with(List<Condition> now) {
        Stream<Condition> others = before.stream()
                .filter(known -> now.stream().noneMatch(other -> other.type().equals(known.type())));
        return Stream.concat(now.stream(), others).toList();
    }

    Condition of(String type, boolean holds, String reason, String message) {
        return of(type, holds ? "True" : "False", reason, message);
    }

    /** Nobody can say whether it holds. */
    Condition unknown(String type, String reason, String message) {
        return of(type, "Unknown", reason, message);
    }

    private Condition of(String type, String status, String reason, String message) {
        Optional<String> since = before.stream()
                .filter(known -> known.type().equals(type) && known.status().equals(status))
                .flatMap(known -> Optional.ofNullable(known.lastTransitionTime()).stream())
                .findFirst();
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new Condition(type, status, reason, message, generation, since.orElse(now));
    }
}
