package io.codis.dashboard.stats;

import io.codis.core.problem.Reason;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** What somebody should know now, one for each object and reason; gone when it is over. Safe for any number of threads. */
public final class Conditions {

    /**
     * @param reason the word of a {@link Reason}
     * @param object such as {@code group-[1]}
     * @param message with values and what to do
     * @param since when it was first seen
     */
    public record Condition(String reason, String object, String message, Instant since) {}

    private final InstantSource clock;
    private final ConcurrentSkipListMap<String, Condition> now = new ConcurrentSkipListMap<>();

    public Conditions(InstantSource clock) {
        this.clock = clock;
    }

    /** It holds; the message may change, the time of the first sight stays. */
    public void set(Reason reason, String object, String message) {
        now.compute(
                key(reason, object),
                (ignored, known) ->
                        new Condition(reason.word(), object, message, known == null ? clock.instant() : known.since()));
    }

    /** It is over. */
    public void clear(Reason reason, String object) {
        now.remove(key(reason, object));
    }

    /** All, by object. */
    public List<Condition> list() {
        return List.copyOf(now.values());
    }

    private static String key(Reason reason, String object) {
        return object + "\0" + reason.word();
    }
}
