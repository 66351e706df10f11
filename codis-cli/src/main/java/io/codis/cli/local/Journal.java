package io.codis.cli.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** What happens, in order, for whoever watches; the last thousand lines are kept. */
public final class Journal {

    private static final int KEPT = 1000;

    /** @param seq from 1, without gaps */
    public record Line(long seq, Kind kind, String text) {}

    /** What a line is about. */
    public enum Kind {
        STEP,
        PROBLEM,
        REACHED
    }

    private final Deque<Line> lines = new ArrayDeque<>();
    private final Consumer<Line> watcher;
    private long last;

    /** @param watcher told of each line at once */
    public Journal(Consumer<Line> watcher) {
        this.watcher = watcher;
    }

    void step(String text) {
        add(Kind.STEP, text);
    }

    void problem(String text) {
        add(Kind.PROBLEM, text);
    }

    void reached(long generation) {
        add(Kind.REACHED, "generation " + generation);
    }

    private void add(Kind kind, String text) {
        Line line;
        synchronized (lines) {
            if (repeated(kind, text)) {
                return;
            }
            line = new Line(++last, kind, text);
            lines.add(line);
            if (lines.size() > KEPT) {
                lines.removeFirst();
            }
        }
        watcher.accept(line);
    }

    /** A step that is tried again and fails again says nothing new. */
    private boolean repeated(Kind kind, String text) {
        return lines.stream()
                .skip(Math.max(0, lines.size() - 2))
                .anyMatch(line -> line.kind() == kind && line.text().equals(text));
    }

    /** Lines after {@code seq} that are still kept. */
    public List<Line> after(long seq) {
        synchronized (lines) {
            var after = new ArrayList<Line>();
            for (Line line : lines) {
                if (line.seq() > seq) {
                    after.add(line);
                }
            }
            return after;
        }
    }
}
