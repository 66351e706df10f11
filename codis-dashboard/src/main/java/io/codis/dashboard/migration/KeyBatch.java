package io.codis.dashboard.migration;

import java.util.List;

/**
 * Keys of one database that go to one group in one MIGRATE.
 *
 * @param alone too big for the usual bound of bytes; the only one of its batch
 * @param late some of it may have been under way for long, see {@link TimesToLive}
 */
record KeyBatch(int db, int target, List<byte[]> keys, boolean alone, boolean late) {

    KeyBatch(int db, int target, List<byte[]> keys, boolean alone) {
        this(db, target, keys, alone, false);
    }

    KeyBatch copiedLate() {
        return new KeyBatch(db, target, keys, alone, true);
    }

    /** A database, and the group to which its keys go. */
    record Way(int db, int target) {}

    Way way() {
        return new Way(db, target);
    }
}
