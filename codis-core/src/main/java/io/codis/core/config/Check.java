package io.codis.core.config;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What a value must be beyond its kind. Empty means fit; else what is wrong and what to write. */
@FunctionalInterface
public interface Check<T> {

    Pattern PRODUCT = Pattern.compile("\\w[\\w.-]*");
    Pattern ADDRESS = Pattern.compile("[^\\s/]*:([0-9]{1,5})");

    Optional<String> problem(T value);

    /** Everything is fit. */
    static <T> Check<T> any() {
        return value -> Optional.empty();
    }

    static <T> Check<T> must(Predicate<T> fit, String wrong) {
        return value -> fit.test(value) ? Optional.empty() : Optional.of(wrong);
    }

    static Check<String> notEmpty() {
        return must(text -> !text.isBlank(), "empty; this setting is needed");
    }

    static Check<String> product() {
        return must(
                text -> PRODUCT.matcher(text).matches(),
                "not a product name; start with a letter, digit or _, go on with these and . or -");
    }

    /** {@code host:port}; the host may be empty to listen on every address. */
    static Check<String> address() {
        return must(
                Check::isAddress, "not an address; write host:port with a port up to 65535, such as \"0.0.0.0:18080\"");
    }

    static Check<Integer> positive() {
        return must(number -> number > 0, "must be greater than 0");
    }

    static Check<ByteSize> positiveSize() {
        return must(size -> size.bytes() > 0, "must be greater than 0");
    }

    static Check<Span> positiveSpan() {
        return must(span -> span.nanos() > 0, "must be greater than 0");
    }

    static Check<ByteSize> sizeOrNone() {
        return must(size -> size.bytes() >= 0, "must not be negative; write 0 for none");
    }

    static Check<Span> spanOrNone() {
        return must(span -> span.nanos() >= 0, "must not be negative; write 0 for none");
    }

    /** Whether {@code text} is {@code host:port}, the host possibly empty. */
    static boolean isAddress(String text) {
        var match = ADDRESS.matcher(text);
        return match.matches() && Integer.parseInt(match.group(1)) <= 65535;
    }
}
