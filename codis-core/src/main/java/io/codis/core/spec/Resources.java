package io.codis.core.spec;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Limits and requests in the quantities of Kubernetes, such as {@code 500m} or {@code 0.5Gi}. */
public record Resources(Map<String, String> limits, Map<String, String> requests) {

    public static final Resources NONE = new Resources(Map.of(), Map.of());

    private static final Pattern QUANTITY =
            Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei|[eE][+-]?\\d{1,2})?");

    public Resources {
        limits = Map.copyOf(limits);
        requests = Map.copyOf(requests);
    }

    /** The memory limit in bytes. */
    public OptionalLong memoryLimit() {
        return Optional.ofNullable(limits.get("memory"))
                .flatMap(Resources::quantity)
                .map(bytes -> OptionalLong.of(bytes.longValue()))
                .orElseGet(OptionalLong::empty);
    }

    /** The number that a quantity stands for; empty if it is none. */
    static Optional<BigDecimal> quantity(String text) {
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String suffix = matcher.group(2);
        return Optional.of(new BigDecimal(matcher.group(1)).multiply(factor(suffix == null ? "" : suffix)));
    }

    private static BigDecimal factor(String suffix) {
        if (suffix.isEmpty()) {
            return BigDecimal.ONE;
        }
        if (suffix.equals("m")) {
            return new BigDecimal("0.001");
        }
        int power = "kMGTPE".indexOf(suffix.charAt(0) == 'K' ? 'k' : suffix.charAt(0)) + 1;
        if (suffix.endsWith("i")) {
            return BigDecimal.valueOf(1024).pow(power);
        }
        return suffix.length() == 1 ? BigDecimal.valueOf(1000).pow(power) : new BigDecimal("1" + suffix);
    }
}
