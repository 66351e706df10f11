package io.codis.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that cannot be mistaken for a later one with the same number.
 *
 * @param startTicks clock ticks after boot ({@code starttime} of {@code /proc/PID/stat}); 0 where there is no /proc
 */
record ProcessIdentity(long pid, long startTicks) {

    static ProcessIdentity of(long pid) {
        return new ProcessIdentity(pid, ticks(pid).orElse(0L));
    }

    /** From {@link #text}; empty if it is something else. */
    static Optional<ProcessIdentity> parse(String text) {
        String[] words = text.strip().split(" ", -1);
        try {
            return words.length == 2
                    ? Optional.of(new ProcessIdentity(Long.parseLong(words[0]), Long.parseLong(words[1])))
                    : Optional.empty();
        } catch (NumberFormatException torn) {
            return Optional.empty();
        }
    }

    String text() {
        return pid + " " + startTicks + "\n";
    }

    /** The process, if it is still that one. */
    Optional<ProcessHandle> handle() {
        return ProcessHandle.of(pid)
                .filter(handle -> handle.isAlive() && ticks(pid).orElse(0L) == startTicks);
    }

    private static Optional<Long> ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // The name in parentheses may hold blanks and parentheses; 20 fields follow it up to starttime.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Optional.of(Long.parseLong(fields[19]));
        } catch (IOException | RuntimeException gone) {
            return Optional.empty();
        }
    }
}
