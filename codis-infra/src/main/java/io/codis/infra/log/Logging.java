package io.codis.infra.log;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sets up logging of a process: SLF4J above, java.util.logging below, {@link LineFormatter} or {@link JsonFormatter} in between.
 *
 * <p>Levels by name as in Codis: ERROR, WARN (or WARNING), INFO, DEBUG, NONE.
 */
public final class Logging {

    /** Names a file that has the same lines, kept bounded: {@code FILE.YYYY-MM-DD}. */
    public static final String COPY = "CODIS_LOG_COPY";

    private static final long COPY_BYTES = 64L << 20;
    private static final int COPY_FILES = 7;

    /** Keeps configured loggers from being collected with their level. */
    private static final Logger ROOT = Logger.getLogger("");

    private static volatile Optional<BoundedFileHandler> copy = Optional.empty();

    private Logging() {}

    /** How an event looks. */
    public enum Format {
        text,
        json
    }

    /**
     * Replaces whatever handlers there are.
     *
     * @param file lines go to {@code file.YYYY-MM-DD}; null for standard error
     * @param level by name, any case
     */
    public static void configure(@Nullable Path file, String level) {
        configure(file, level, Format.text);
    }

    /** The same; a {@link #COPY} is of text in any case. */
    static void configure(@Nullable Path file, String level, Format format) {
        Handler handler = file == null ? new ConsoleHandler() : AppendingFileHandler.daily(file);
        use(handler, format == Format.json ? new JsonFormatter() : new LineFormatter(), level);
    }

    /** The same, into {@code file} itself, for a log that somebody else keeps bounded. */
    public static void append(Path file, String level) {
        use(AppendingFileHandler.single(file), new LineFormatter(), level);
    }

    private static void use(Handler handler, Formatter formatter, String level) {
        Level parsed = parse(level);
        LogManager.getLogManager().reset();
        add(handler, formatter);
        copy = Optional.ofNullable(System.getenv(COPY))
                .filter(file -> !file.isEmpty())
                .map(file -> new BoundedFileHandler(Path.of(file), COPY_BYTES, COPY_FILES));
        copy.ifPresent(file -> add(file, new LineFormatter()));
        ROOT.setLevel(parsed);
    }

    /** Takes whole lines of another program that are to be in the copy too, as they are; empty without a copy. */
    public static Optional<Consumer<byte[]>> copyOfLines() {
        return copy.map(handler -> lines -> handler.append(lines, Instant.now()));
    }

    private static void add(Handler handler, Formatter formatter) {
        handler.setFormatter(formatter);
        handler.setLevel(Level.ALL);
        ROOT.addHandler(handler);
    }

    /** Changes the level while running; {@code invalid loglevel} for an unknown name. */
    public static void setLevel(String level) {
        ROOT.setLevel(parse(level));
    }

    private static Level parse(String level) {
        return switch (level.toUpperCase(Locale.ROOT)) {
            case "ERROR" -> Level.SEVERE;
            case "WARN", "WARNING" -> Level.WARNING;
            case "INFO" -> Level.INFO;
            case "DEBUG" -> Level.FINE;
            case "NONE" -> Level.OFF;
            default ->
                throw new CodisException(
                        Reason.INVALID_ARGUMENT,
                        "invalid loglevel \"" + level + "\": use ERROR, WARN, INFO, DEBUG or NONE");
        };
    }
}
