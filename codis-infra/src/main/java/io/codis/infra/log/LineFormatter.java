package io.codis.infra.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * One line per event: {@code 2026-01-31T23:59:59.123Z INFO topology message key=value}. A stack trace follows only at
 * ERROR; below that an operator can act on the message, and the cause is named in the line.
 */
final class LineFormatter extends Formatter {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Override
    public String format(LogRecord event) {
        var line = new StringBuilder(160);
        line.append(TIME.format(Instant.ofEpochMilli(event.getMillis())))
                .append(' ')
                .append(name(event.getLevel()))
                .append(' ')
                .append(shortName(event.getLoggerName()))
                .append(' ')
                .append(oneLine(formatMessage(event)));
        Throwable thrown = event.getThrown();
        boolean error = event.getLevel().intValue() >= Level.SEVERE.intValue();
        if (thrown != null && !error) {
            line.append(" cause=\"").append(oneLine(thrown.toString())).append('"');
        }
        line.append('\n');
        if (thrown != null && error) {
            var trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            line.append(trace);
        }
        return line.toString();
    }

    static String name(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (value >= Level.WARNING.intValue()) {
            return "WARN";
        }
        return value >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }

    private static String shortName(String logger) {
        return logger == null ? "-" : logger.substring(logger.lastIndexOf('.') + 1);
    }

    /** Text from a peer must not be able to forge a line. */
    private static String oneLine(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n");
    }
}
