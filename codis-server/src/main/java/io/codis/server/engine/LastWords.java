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

    private String said = "";

    @Override
    public synchronized void accept(byte[] lines) {
        String all = said + new String(lines, StandardCharsets.UTF_8);
        said = all.substring(Math.max(0, all.length() - KEPT));
    }

    synchronized void forget() {
        said = "";
    }

    /** The data on its volume cannot be loaded: not a disk that refuses, nor a setting. */
    static Optional<String> damage(String said) {
        return lines(said).stream()
                .filter(line -> DAMAGE.matcher(line).find())
                .reduce((earlier, later) -> later)
                .map(line -> line.replaceFirst(LOG_LINE, ""));
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
