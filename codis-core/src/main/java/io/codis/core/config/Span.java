package io.codis.core.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** A length of time, written as one number and one unit ({@code ns us ms s m h}); no unit means seconds. */
public record Span(long nanos) implements Comparable<Span> {

    private static final Pattern TEXT = Pattern.compile("\\s*(-?[0-9.]+)\\s*(ns|us|µs|ms|s|m|h|)\\s*");
    private static final Map<String, Long> UNITS = units();

    public static Span of(Duration duration) {
        return new Span(duration.toNanos());
    }

    /**
     * Reads a span.
     *
     * @throws IllegalArgumentException with a message that says what to write instead
     */
    public static Span parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            throw unfit();
        }
        long unit = UNITS.getOrDefault(match.group(2).replace("µ", "u"), UNITS.getOrDefault("s", 0L));
        try {
            var nanos = new BigDecimal(match.group(1)).multiply(BigDecimal.valueOf(unit));
            return new Span(nanos.toBigInteger().longValueExact());
        } catch (NumberFormatException e) {
            throw unfit();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("longer than 292 years; write a shorter duration, such as \"30m\"", e);
        }
    }

    public Duration duration() {
        return Duration.ofNanos(nanos);
    }

    /** Milliseconds, rounded down. */
    public long millis() {
        return nanos / 1_000_000;
    }

    /** The largest unit that divides exactly; {@code 0} for none. */
    @Override
    public String toString() {
        if (nanos == 0) {
            return "0";
        }
        for (var unit : UNITS.entrySet()) {
            if (nanos % unit.getValue() == 0) {
                return nanos / unit.getValue() + unit.getKey();
            }
        }
        return nanos + "ns";
    }

    @Override
    public int compareTo(Span other) {
        return Long.compare(nanos, other.nanos);
    }

    private static IllegalArgumentException unfit() {
        return new IllegalArgumentException("not a duration; write a number with s, m or h, such as \"30m\"");
    }

    /** Largest first. */
    private static Map<String, Long> units() {
        var units = new LinkedHashMap<String, Long>();
        units.put("h", Duration.ofHours(1).toNanos());
        units.put("m", Duration.ofMinutes(1).toNanos());
        units.put("s", Duration.ofSeconds(1).toNanos());
        units.put("ms", Duration.ofMillis(1).toNanos());
        units.put("us", 1_000L);
        units.put("ns", 1L);
        return units;
    }
}
