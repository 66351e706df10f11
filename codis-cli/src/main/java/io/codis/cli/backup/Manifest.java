package io.codis.cli.backup;

import java.util.ArrayList;
import java.util.List;

/**
 * What one backup holds.
 *
 * @param format 1; a reader refuses one that it does not know
 * @param product name of the cluster
 * @param cluster its id: others of that name have another one; empty if the dashboard does not say
 * @param begun ISO 8601 in UTC: whatever was acknowledged before is in the snapshots
 * @param ended the same
 * @param groups those that own slots
 * @param slots which group owns which; slots that are nobody's are in none
 */
public record Manifest(
        int format,
        String product,
        String cluster,
        String begun,
        String ended,
        List<Snapshot> groups,
        List<Range> slots) {

    static final int FORMAT = 1;
    static final String FILE = "manifest.json";

    /**
     * One group's data.
     *
     * @param file beside the manifest, an RDB file of {@code engine}
     * @param server it was taken from
     * @param replica whether that was a replica, which clients do not notice
     * @param engine name and version, such as {@code redis 7.0.15}
     * @param bytes of the file
     * @param sha256 of the file, hexadecimal
     * @param keys in all databases, by the engine's own check of the file
     */
    public record Snapshot(
            int group,
            String file,
            String server,
            boolean replica,
            String engine,
            long bytes,
            String sha256,
            long keys) {}

    /** Slots {@code from} to {@code to}, both included. */
    public record Range(int from, int to, int group) {}

    /** In all groups. */
    public long keys() {
        return groups.stream().mapToLong(Snapshot::keys).sum();
    }

    /** Of all files. */
    public long bytes() {
        return groups.stream().mapToLong(Snapshot::bytes).sum();
    }

    /** Of {@code owners}, the group of each slot, 0 for none. */
    static List<Range> ranges(int[] owners) {
        var ranges = new ArrayList<Range>();
        for (int from = 0, to; from < owners.length; from = to) {
            for (to = from; to < owners.length && owners[to] == owners[from]; ) {
                to++;
            }
            if (owners[from] != 0) {
                ranges.add(new Range(from, to - 1, owners[from]));
            }
        }
        return ranges;
    }
}
