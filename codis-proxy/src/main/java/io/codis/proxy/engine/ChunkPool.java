package io.codis.proxy.engine;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The byte arrays of one loop. Small ones serve a connection's first bytes, large ones what follows, so that ten
 * thousand clients with one short reply each cost 40 MiB at worst, and a long reply does not cost a thousand links.
 */
public final class ChunkPool {

    static final int SMALL = 4 << 10;
    static final int LARGE = 64 << 10;
    private static final int KEPT_SMALL = 2048;
    private static final int KEPT_LARGE = 128;

    private final ArrayDeque<Chunk> small = new ArrayDeque<>();
    private final ArrayDeque<Chunk> large = new ArrayDeque<>();
    private long inUse;

    /** One piece of a queue: {@code bytes[start, end)}; {@code start} only moves by reading. */
    static final class Chunk {
        final byte[] bytes;
        final boolean pooled;
        int start;
        int end;
        long base;

        @Nullable
        Chunk next;

        Chunk(byte[] bytes, boolean pooled) {
            this.bytes = bytes;
            this.pooled = pooled;
        }

        int free() {
            return pooled ? bytes.length - end : 0;
        }
    }

    Chunk take(boolean first, int wanted) {
        boolean isSmall = first && wanted <= SMALL;
        Chunk chunk = (isSmall ? small : large).pollLast();
        if (chunk == null) {
            chunk = new Chunk(new byte[isSmall ? SMALL : LARGE], true);
        }
        inUse += chunk.bytes.length;
        return chunk;
    }

    /** Wraps bytes that the caller gives away: a big request or reply is queued without another copy. */
    Chunk adopt(byte[] bytes, int from, int length) {
        Chunk chunk = new Chunk(bytes, false);
        chunk.start = from;
        chunk.end = from + length;
        inUse += bytes.length;
        return chunk;
    }

    void give(Chunk chunk) {
        inUse -= chunk.bytes.length;
        if (!chunk.pooled) {
            return;
        }
        chunk.start = 0;
        chunk.end = 0;
        chunk.next = null;
        boolean isSmall = chunk.bytes.length == SMALL;
        ArrayDeque<Chunk> home = isSmall ? small : large;
        if (home.size() < (isSmall ? KEPT_SMALL : KEPT_LARGE)) {
            home.addLast(chunk);
        }
    }

    /** Bytes of all chunks that queues hold now: what slow peers cost this loop. */
    public long inUse() {
        return inUse;
    }
}
