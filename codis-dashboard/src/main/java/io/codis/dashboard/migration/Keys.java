package io.codis.dashboard.migration;

import java.util.List;

/** Keys of one engine, from wherever they are known. */
interface Keys {

    /** Keys of one database, each with its slot at the same place. */
    interface Sink {
        void found(int db, List<byte[]> keys, int[] slots) throws InterruptedException;
    }

    /** Hands over every key. */
    void run(Sink sink) throws InterruptedException;
}
