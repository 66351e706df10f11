package io.codis.core.explore;

/** A set of 64-bit numbers that are not 0. */
final class Fingerprints {

    private long[] table = new long[1 << 8];
    private int size;

    /** False when it was there. */
    boolean add(long fingerprint) {
        if (size * 2 > table.length) {
            grow();
        }
        return insert(table, fingerprint) && ++size > 0;
    }

    boolean contains(long fingerprint) {
        int at = (int) fingerprint & table.length - 1;
        while (table[at] != 0) {
            if (table[at] == fingerprint) {
                return true;
            }
            at = at + 1 & table.length - 1;
        }
        return false;
    }

    int size() {
        return size;
    }

    private static boolean insert(long[] into, long fingerprint) {
        int at = (int) fingerprint & into.length - 1;
        while (into[at] != 0) {
            if (into[at] == fingerprint) {
                return false;
            }
            at = at + 1 & into.length - 1;
        }
        into[at] = fingerprint;
        return true;
    }

    private void grow() {
        var next = new long[table.length * 2];
        for (long fingerprint : table) {
            if (fingerprint != 0) {
                insert(next, fingerprint);
            }
        }
        table = next;
    }
}
