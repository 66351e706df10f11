package io.codis.core.config;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;

/** A number of bytes, written as {@code 32mb}: powers of 1024, decimals allowed, no unit means bytes. */
public record ByteSize(long bytes) implements Comparable<ByteSize> {

    private static final Pattern TEXT =
            Pattern.compile("\\s*(-?[0-9.]+)\\s*([kmgtp]?b|[kmgtp]|)\\s*", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "bkmgtp";

    /**
     * Reads a size.
     *
     * @throws IllegalArgumentException with a message that says what to write instead
     */
    public static ByteSize parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            throw unfit();
        }
        String unit = match.group(2).toLowerCase(Locale.ROOT);
        int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit.charAt(0));
        try {
            var bytes = new BigDecimal(match.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
            return new ByteSize(bytes.toBigInteger().longValueExact());
        } catch (NumberFormatException e) {
            throw unfit();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("larger than any machine; write a smaller size, such as \"32mb\"", e);
        }
    }

    /** The largest unit that divides exactly; {@code 0} for nothing. */
    @Override
    public String toString() {
        if (bytes == 0) {
            return "0";
        }
        int power = 0;
        long left = bytes;
        while (left % 1024 == 0 && power < UNITS.length() - 1) {
            left /= 1024;
            power++;
        }
        return power == 0 ? Long.toString(left) : left + String.valueOf(UNITS.charAt(power)) + "b";
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    private static IllegalArgumentException unfit() {
        return new IllegalArgumentException("not a size; write a number with kb, mb or gb, such as \"32mb\"");
    }
}
