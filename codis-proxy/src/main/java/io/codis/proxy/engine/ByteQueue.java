package io.codis.proxy.engine;

import io.codis.proxy.engine.ChunkPool.Chunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way to a socket, addressed by their position in the stream since the queue was made.
 *
 * <p>A queue that retains keeps what was written until {@link #release}: so a request can be sent again without having
 * been copied for that case. A queue that does not retain releases as it writes.
 */
public final class ByteQueue {

    private final ChunkPool pool;
    private final boolean retains;
    private @Nullable Chunk head;
    private @Nullable Chunk sending;
    private @Nullable Chunk last;
    private long sent;
    private long tail;

    public ByteQueue(ChunkPool pool, boolean retains) {
        this.pool = pool;
        this.retains = retains;
    }

    /** The position behind the last byte appended. */
    public long tail() {
        return tail;
    }

    /** The position behind the last byte that a socket has taken. */
    public long sent() {
        return sent;
    }

    /** How many bytes wait for the socket. */
    public long unsent() {
        return tail - sent;
    }

    /** How many bytes are held, written ones included. */
    public long held() {
        Chunk first = head;
        return first == null ? 0 : tail - first.base - first.start;
    }

    /** Appends a copy; returns the position of its first byte. */
    public long append(byte[] source, int from, int length) {
        Chunk chunk = last;
        long at = tail;
        if (chunk != null && chunk.free() >= length) {
            System.arraycopy(source, from, chunk.bytes, chunk.end, length);
            chunk.end += length;
            tail = at + length;
            return at;
        }
        return appendSlowly(source, from, length);
    }

    private long appendSlowly(byte[] source, int from, int length) {
        long at = tail;
        int done = 0;
        while (done < length) {
            Chunk chunk = last;
            if (chunk == null || chunk.free() == 0) {
                chunk = pool.take(chunk == null, length - done);
                link(chunk);
            }
            int part = Math.min(length - done, chunk.free());
            System.arraycopy(source, from + done, chunk.bytes, chunk.end, part);
            chunk.end += part;
            done += part;
            tail += part;
        }
        return at;
    }

    /** Appends the array itself, which the caller must not touch any more. For big things only. */
    public long adopt(byte[] bytes, int from, int length) {
        long at = tail;
        link(pool.adopt(bytes, from, length));
        tail += length;
        return at;
    }

    /** Moves everything unsent of {@code other} behind what is here, without copying what is big. */
    public void take(ByteQueue other) {
        Chunk chunk = other.sending;
        while (chunk != null) {
            Chunk next = chunk.next;
            int length = chunk.end - chunk.start;
            if (length <= 1024) {
                append(chunk.bytes, chunk.start, length);
                pool.give(chunk);
            } else {
                chunk.next = null;
                link(chunk);
                tail += length;
            }
            chunk = next;
        }
        other.head = null;
        other.sending = null;
        other.last = null;
        other.sent = other.tail;
    }

    private void link(Chunk chunk) {
        chunk.base = tail - chunk.start;
        Chunk before = last;
        if (before == null) {
            head = chunk;
        } else {
            before.next = chunk;
        }
        if (sending == null) {
            sending = chunk;
        }
        last = chunk;
    }

    /**
     * Writes as much as the socket takes, at most about {@code bound} bytes.
     *
     * @param staging direct memory of the loop; the JDK would look one up for each write of an array
     * @return false after a short write: wait for the socket to become writable
     */
    boolean writeTo(SocketChannel socket, ByteBuffer staging, long bound) throws IOException {
        long stop = sent + bound;
        while (sent < tail && sent < stop) {
            int staged = stage(staging);
            int written = socket.write(staging);
            advance(written);
            if (written < staged) {
                return false;
            }
        }
        return true;
    }

    private int stage(ByteBuffer staging) {
        staging.clear();
        for (Chunk chunk = sending; chunk != null && staging.hasRemaining(); chunk = chunk.next) {
            int from = (int) Math.max(sent - chunk.base, chunk.start);
            staging.put(chunk.bytes, from, Math.min(chunk.end - from, staging.remaining()));
        }
        staging.flip();
        return staging.remaining();
    }

    private void advance(int written) {
        sent += written;
        Chunk chunk = sending;
        while (chunk != null && sent >= chunk.base + chunk.end && (chunk.next != null || sent == tail)) {
            if (chunk.next == null && retains) {
                break; // The last chunk keeps taking appended bytes.
            }
            chunk = chunk.next;
        }
        sending = chunk;
        if (!retains) {
            release(sent);
        }
    }

    /** Nothing before {@code position} will be asked for again. */
    public void release(long position) {
        Chunk chunk = head;
        while (chunk != null && position >= chunk.base + chunk.end) {
            if (chunk.next == null && position < tail) {
                break;
            }
            Chunk next = chunk.next;
            if (chunk == sending) {
                sending = next;
            }
            pool.give(chunk);
            chunk = next;
        }
        head = chunk;
        if (chunk == null) {
            last = null;
        }
    }

    /** A copy of retained bytes. */
    public byte[] copy(long position, int length) {
        byte[] copy = new byte[length];
        int done = 0;
        for (Chunk chunk = head; chunk != null && done < length; chunk = chunk.next) {
            long end = chunk.base + chunk.end;
            if (position + done < end) {
                int from = (int) (position + done - chunk.base);
                int part = Math.min(length - done, chunk.end - from);
                System.arraycopy(chunk.bytes, from, copy, done, part);
                done += part;
            }
        }
        if (done < length) {
            throw new IllegalStateException("bytes at " + position + " are released");
        }
        return copy;
    }

    /** Forgets everything and gives the memory back. */
    public void clear() {
        sent = tail;
        release(tail);
        sending = null;
    }
}
