package io.codis.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Columns of equal width, two blanks apart; the last one is as long as it is. */
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
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], visible(row.get(column)));
            }
        }
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                line.append(cell);
                if (column < columns - 1) {
                    line.append(" ".repeat(widths[column] - visible(cell) + 2));
                }
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** Colour codes take no place. */
    private static int visible(String cell) {
        return cell.replaceAll("\u001b\\[[0-9]*m", "").length();
    }
}
