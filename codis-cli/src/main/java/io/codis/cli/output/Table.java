package io.codis.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Columns of equal width, two blanks apart; those in which no row has anything are left out. */
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    /** All rows have the same number of cells. */
    public Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    public String text() {
        if (rows.isEmpty()) {
            return "";
        }
        List<Integer> columns = IntStream.range(0, rows.getFirst().size())
                .filter(this::used)
                .boxed()
                .toList();
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column : columns) {
                String cell = row.get(column);
                line.append(cell).append(" ".repeat(width(column) - visible(cell) + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** By a row below the first, or there is none. */
    private boolean used(int column) {
        return rows.size() == 1
                || rows.stream()
                        .skip(1)
                        .map(row -> row.get(column))
                        .anyMatch(cell -> !cell.isEmpty() && !cell.equals("-"));
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> visible(row.get(column))).max().orElse(0);
    }

    /** Colour codes take no place. */
    private static int visible(String cell) {
        return cell.replaceAll("\u001b\\[[0-9]*m", "").length();
    }
}
