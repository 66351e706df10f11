package io.codis.proxy.move;

import io.codis.proxy.acknowledge.Ask;
import io.codis.proxy.backend.Backend;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys of one channel that wait for their turn, and the connection to the source that reads and MIGRATE share: a
 * read given before a write for the same key is answered before that write's MIGRATE begins.
 */
final class Lane {

    private static final int MOST = 64;

    private final Mover mover;
    private final int channel;
    private final Backend source;
    private final ArrayDeque<KeyMove> waiting = new ArrayDeque<>();
    private boolean migrating;

    Lane(Mover mover, int channel) {
        this.mover = mover;
        this.channel = channel;
        this.source = mover.source().dedicated(channel);
    }

    int channel() {
        return channel;
    }

    Backend source() {
        return source;
    }

    void ask(Backend server, byte[] command, Ask ask) {
        server.give(ask, command, 0, command.length);
    }

    void add(KeyMove key) {
        waiting.add(key);
    }

    ArrayDeque<KeyMove> waiting() {
        return waiting;
    }

    void migrated() {
        migrating = false;
    }

    /** One MIGRATE at a time: the source does nothing else meanwhile, and what waits makes a better batch. */
    void pump() {
        if (migrating || waiting.isEmpty() || mover.isBroken() || !source.takes()) {
            return;
        }
        List<KeyMove> keys = new ArrayList<>();
        List<KeyMove> resting = new ArrayList<>();
        while (keys.size() < MOST && !waiting.isEmpty()) {
            KeyMove key = waiting.poll();
            if (!key.isWanted()) {
                mover.forget(key);
            } else if (key.restsUntil - mover.now() > 0) {
                resting.add(key);
            } else {
                key.started = true;
                keys.add(key);
            }
        }
        waiting.addAll(resting);
        if (!keys.isEmpty()) {
            migrating = true;
            new Batch(mover, this, keys).start();
        }
    }

    void retire() {
        source.retire();
    }
}
