package io.codis.dashboard.stats;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one server or proxy said at the last look, in the form of the Codis API: its stats, or an error, or a timeout.
 *
 * @param unixtime seconds, when the look ended
 * @param timeout left out unless true
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StatsEntry<T>(
        @Nullable T stats,
        @Nullable Problem error,
        long unixtime,
        @Nullable Boolean timeout,
        @JsonIgnore Instant at) {

    /** As everywhere in the API. */
    public record Problem(
            @JsonProperty("Cause") String cause,
            @JsonProperty("Stack") @JsonInclude @Nullable Object stack) {}

    static <T> StatsEntry<T> said(T stats, Instant now) {
        return new StatsEntry<>(stats, null, now.getEpochSecond(), null, now);
    }

    static <T> StatsEntry<T> failed(CodisException e, Instant now) {
        return e.reason() == Reason.TIMED_OUT
                ? new StatsEntry<>(null, null, now.getEpochSecond(), true, now)
                : new StatsEntry<>(
                        null, new Problem(String.valueOf(e.getMessage()), null), now.getEpochSecond(), null, now);
    }

    /** The stats, if it answered. */
    @JsonIgnore
    public Optional<T> answer() {
        return Optional.ofNullable(stats);
    }
}
