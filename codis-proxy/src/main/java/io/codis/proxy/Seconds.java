package io.codis.proxy;

import io.codis.core.config.Span;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A flag that holds a length of time. */
final class Seconds implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String value) {
        try {
            Duration duration = Span.parse(value).duration();
            if (duration.isNegative()) {
                throw new TypeConversionException("\"" + value + "\": must not be negative");
            }
            return duration;
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("\"" + value + "\": " + e.getMessage());
        }
    }
}
