package io.codis.cli.command;

import io.codis.cli.local.RunningCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "rebalance", description = "Gives every group the same number of slots.")
final class RebalanceCommand extends WithCommon {

    @Option(names = "--dry-run", description = "only show what would move")
    private boolean dryRun;

    @Option(names = "--no-wait", description = "do not wait until all slots have moved")
    private boolean noWait;

    /** Slots {@code from} to {@code to}, inclusive, go to {@code group}. */
    record Move(int from, int to, int group) {}

    /** What moves. */
    record Moves(List<Move> moves) {}

    @Override
    public Integer call() {
        try (RunningCluster client = common().running()) {
            Map<Integer, Integer> targets = client.rebalance(!dryRun);
            var moves = new Moves(ranges(targets));
            common().out().answer(common().format(), moves, () -> text(moves));
            if (!dryRun && !noWait && !targets.isEmpty()) {
                Watch.untilNothingMoves(client, common().out());
                common().out().progress("done: " + targets.size() + " slots moved");
            }
            return 0;
        }
    }

    static List<Move> ranges(Map<Integer, Integer> targets) {
        var ranges = new ArrayList<Move>();
        new TreeMap<>(targets).forEach((slot, group) -> {
            if (!ranges.isEmpty()
                    && ranges.getLast().to() == slot - 1
                    && ranges.getLast().group() == group) {
                ranges.set(ranges.size() - 1, new Move(ranges.getLast().from(), slot, group));
            } else {
                ranges.add(new Move(slot, slot, group));
            }
        });
        return ranges;
    }

    private static String text(Moves moves) {
        return moves.moves().isEmpty()
                ? "Nothing to do: all groups have their share."
                : moves.moves().stream()
                        .map(move ->
                                String.format("slots %4d to %4d  to group %d", move.from(), move.to(), move.group()))
                        .collect(Collectors.joining("\n"));
    }
}
