package io.codis.server.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Why an engine ended, in its own words: the end of what it printed. */
public final class LastWords implements Consumer<byte[]> {

    private static final int KEPT = 8 << 10;

    /** Process, role, time and level before a line of a log. */
    private static final String LOG_LINE = "^\\d+:[A-Z] \\d{2} \\w{3} \\d{4} \\S+ [-.*#] ";

    /** Of Redis 6.2 and later, and of Valkey. */
    private static final Pattern DAMAGE =
            Pattern.compile("(Bad file format|Unexpected end of file) reading the append only"
                    + " file|rdb file reading failure|Wrong signature trying to load DB|Internal error in RDB reading");

    /** Where in its run the engine is, as far as it has said. */
    private enum Stage {
        STARTING(" is starting"),
        LOADING("(Loading RDB produced by|Reading RDB (base file|preamble))"),
        LOADED("(DB loaded from|Ready to accept connections)");

        private final Pattern said;

        Stage(String said) {
            this.said = Pattern.compile(said);
        }
    }

    private static final String CRASH = "BUG REPORT START";
    /** An engine that gets no memory ends with the same report. */
    private static final Pattern NO_MEMORY = Pattern.compile("out of memory", Pattern.CASE_INSENSITIVE);

    private String said = "";
    private Stage stage = Stage.STARTING;
    private boolean crashed;
    private boolean damaged;

    @Override
    public synchronized void accept(byte[] lines) {
        String text = new String(lines, StandardCharsets.UTF_8);
        String all = said + text;
        said = all.substring(Math.max(0, all.length() - KEPT));
        text.lines().forEach(this::note);
    }

    synchronized void forget() {
        said = "";
        crashed = false;
        damaged = false;
    }

    /**
     * The data on its volume cannot be loaded: not a disk that refuses, nor a setting. Some damage is not noticed by an engine
     * that loads it, but crashes it.
     */
    synchronized boolean damaged() {
        return damaged || crashed;
    }

    /** Why it does not start, for people; empty when it said nothing. */
    synchronized String trouble() {
        if (crashed) {
            return "the engine crashed while it loaded its data";
        }
        return said.isEmpty() ? "" : last(said);
    }

    private void note(String line) {
        for (Stage each : Stage.values()) {
            if (each.said.matcher(line).find()) {
                stage = each;
            }
        }
        if (line.contains(CRASH)) {
            crashed = stage == Stage.LOADING;
        } else if (NO_MEMORY.matcher(line).find()) {
            crashed = false;
        }
        damaged |= DAMAGE.matcher(line).find();
    }

    synchronized String said() {
        return said;
    }

    /** The setting that it does not take and why: {@code 'hz many': argument must be an integer}; empty if it took all. */
    public static Optional<String> refusal(String said) {
        List<String> lines = lines(said);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(">>>")) {
                String why = i + 1 < lines.size() ? ": " + lines.get(i + 1) : "";
                return Optional.of(lines.get(i).substring(3).strip() + why);
            }
        }
        return Optional.empty();
    }

    /** The last line, but for the engine's look at a damaged snapshot, which comes behind what is wrong with it. */
    public static String last(String said) {
        List<String> lines = lines(said).stream()
                .filter(line -> !line.startsWith("[offset "))
                .toList();
        return lines.isEmpty() ? "it says nothing" : lines.getLast().replaceFirst(LOG_LINE, "");
    }

    private static List<String> lines(String said) {
        return said.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
}
