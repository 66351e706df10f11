package io.codis.proxy.move;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** One key on its way, and who waits for it. */
final class KeyMove {

    /** A key in a database, moved for clients of one protocol; for those of the other it is as another proxy's. */
    record Key(int channel, ByteBuffer bytes) {
        static Key of(int channel, byte[] key) {
            return new Key(channel, ByteBuffer.wrap(key));
        }
    }

    final Key key;
    final int slot;
    final List<KeyMove.Task> tasks = new ArrayList<>();
    /** Commands for it are under way, or an acknowledgement. */
    boolean started;
    /** Memory that it takes at the source, 0 when it is not there or that is not known. */
    long memory;
    /** Too big for a request: not looked at again before this time of the loop. */
    long restsUntil;

    KeyMove(Key key, int slot, long now) {
        this.key = key;
        this.slot = slot;
        this.restsUntil = now;
    }

    byte[] bytes() {
        return key.bytes.array();
    }

    boolean isWanted() {
        return tasks.stream().anyMatch(task -> !task.over);
    }

    /** A request in its slot's order; it leaves when it is first and none of its keys is on the way. */
    static final class Task {
        final Moving moving;
        int open;
        boolean over;

        Task(Moving moving) {
            this.moving = moving;
        }
    }
}
