package io.codis.dashboard.migration;

import java.util.List;

/**
 * Keys of one database that go to one group in one MIGRATE.
 *
 * @param alone too big for the usual bound of bytes; the only one of its batch
 */
record KeyBatch(int db, int target, List<byte[]> keys, boolean alone) {

    boolean sameWay(KeyBatch other) {
        return db == other.db && target == other.target;
    }
}
