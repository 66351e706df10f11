package io.codis.proxy.session;

import io.codis.proxy.engine.ByteQueue;
import io.codis.proxy.engine.Conn;
import io.codis.proxy.engine.Loop;
import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.RequestScanner;
import io.codis.proxy.engine.RequestScanner.Found;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One client: the bytes of a request that is not complete yet, and its requests in the order of their replies.
 *
 * <p>A client that asks faster than it reads, or than servers answer, is not read from until it has caught up.
 */
final class Session extends Conn {

    /** Unread replies beyond this stop the reading of further requests. */
    private static final long OUT_PAUSE = 1 << 20;

    private static final byte[] NONE = {};

    private final Worker worker;
    final long id;
    boolean trusted;
    int database;
    byte[] name = NONE;
    String library = "";
    String libraryVersion = "";
    final long since;
    final String remote;
    private long lastRead;

    private byte[] partial = NONE;
    private int partialSize;
    private @Nullable RequestScanner scanner;
    private @Nullable Request first;
    private @Nullable Request last;
    private int pending;
    private boolean paused;
    private boolean resuming;
    private boolean closing;

    Session(Worker worker, SocketChannel socket, long id) throws IOException {
        super(worker.loop, false);
        this.worker = worker;
        this.id = id;
        this.trusted = worker.password.length == 0;
        this.since = loop.now();
        this.lastRead = since;
        this.remote = String.valueOf(socket.getRemoteAddress()).replace("/", "");
        attach(socket, false);
    }

    @Override
    protected boolean writesFirst() {
        return false;
    }

    @Override
    protected void onReadable() throws IOException {
        SocketChannel socket = socket();
        if (socket == null || closing) {
            return;
        }
        RequestScanner open = scanner;
        int need = open == null ? 0 : open.need();
        if (Math.max(partialSize, need) > Loop.READ) {
            readBig(socket, need);
            return;
        }
        byte[] in = loop.in();
        int had = partialSize;
        int count = loop.read(socket, in, had, Loop.READ);
        if (count <= 0) {
            ended(count);
            return;
        }
        lastRead = loop.now();
        if (had > 0) {
            System.arraycopy(partial, 0, in, 0, had);
            drop(partial);
            partial = NONE;
            partialSize = 0;
        }
        requests(in, 0, had + count);
    }

    /** A request larger than the shared buffer is collected in an array that grows to what is known to come. */
    private void readBig(SocketChannel socket, int need) throws IOException {
        if (partial.length - partialSize < Loop.READ && partial.length < need) {
            grow(Math.min(Math.max(partial.length * 2L, 4L * Loop.READ), need));
        } else if (partial.length == partialSize) {
            grow(partial.length * 2L);
        }
        if (closing) {
            return;
        }
        int count = loop.read(socket, partial, partialSize, partial.length - partialSize);
        if (count <= 0) {
            ended(count);
            return;
        }
        lastRead = loop.now();
        partialSize += count;
        if (partialSize >= need) {
            byte[] bytes = partial;
            int size = partialSize;
            drop(partial);
            partial = NONE;
            partialSize = 0;
            requests(bytes, 0, size);
        }
    }

    /** A request that does not fit the memory is refused by a word; running out of memory would end everybody's. */
    private void grow(long size) {
        if (!worker.hasRoomFor(size)) {
            drop(partial);
            partial = NONE;
            partialSize = 0;
            worker.local(this, Replies.error("ERR Protocol error: the proxy has no memory for this request"), true);
            closeAfterReplies();
            return;
        }
        byte[] before = partial;
        partial = Arrays.copyOf(partial, (int) Math.min(size, Integer.MAX_VALUE - 16));
        worker.collected += partial.length;
        drop(before);
    }

    private void drop(byte[] bytes) {
        worker.collected -= bytes.length;
    }

    private void ended(int count) {
        if (count < 0) {
            close("the client hung up");
        }
    }

    /** Admits every whole request in {@code bytes[from, limit)} and keeps the rest. */
    private void requests(byte[] bytes, int from, int limit) {
        RequestScanner scan = scanner == null ? worker.scanner() : scanner;
        scanner = null;
        int at = from;
        try {
            while (at < limit && !closing) {
                if (mustPause()) {
                    pause();
                    break;
                }
                Found found = scan.scan(bytes, at, limit, trusted);
                if (found == Found.PARTIAL) {
                    break;
                }
                if (found == Found.COMPLETE) {
                    worker.dispatcher.dispatch(this, bytes, at, scan);
                } else if (found == Found.INLINE) {
                    inline(bytes, at, scan.length());
                }
                at += scan.length();
                scan.reset();
            }
        } catch (ProtocolException e) {
            at = limit;
            worker.local(this, Replies.error("ERR Protocol error: " + e.getMessage()), true);
            closeAfterReplies();
        }
        keep(bytes, at, limit, scan);
    }

    private void keep(byte[] bytes, int from, int limit, RequestScanner scan) {
        if (from >= limit || closing) {
            scan.reset();
            worker.give(scan);
            return;
        }
        int rest = limit - from;
        if (from == 0 && bytes != loop.in()) {
            partial = bytes;
        } else {
            partial = Arrays.copyOfRange(bytes, from, limit);
        }
        worker.collected += partial.length;
        partialSize = rest;
        scanner = scan;
    }

    private void inline(byte[] bytes, int from, int length) throws ProtocolException {
        byte[] request = Inline.toArray(bytes, from, length);
        if (request.length == 0) {
            return;
        }
        RequestScanner scan = worker.scanner();
        if (scan.scan(request, 0, request.length, trusted) == Found.COMPLETE) {
            worker.dispatcher.dispatch(this, request, 0, scan);
        }
        scan.reset();
        worker.give(scan);
    }

    private boolean mustPause() {
        return pending >= worker.pipeline || out.unsent() > OUT_PAUSE;
    }

    private void pause() {
        paused = true;
        wantRead(false);
    }

    private void resumeIfPossible() {
        if (paused && !resuming && pending <= worker.pipeline / 2 && out.unsent() <= OUT_PAUSE / 2) {
            resuming = true;
            loop.execute(this::resume);
        }
    }

    private void resume() {
        resuming = false;
        if (!isOpen() || !paused) {
            return;
        }
        paused = false;
        byte[] bytes = partial;
        int size = partialSize;
        drop(partial);
        partial = NONE;
        partialSize = 0;
        requests(bytes, 0, size);
        if (!paused && !closing) {
            wantRead(true);
        }
    }

    /** Puts a request at the end of the order. */
    void add(Request request) {
        Request before = last;
        if (before == null) {
            first = request;
        } else {
            before.later = request;
        }
        last = request;
        pending++;
    }

    boolean isNext(Request request) {
        return first == request;
    }

    boolean isIdle() {
        return first == null;
    }

    void write(byte[] bytes, int from, int size) {
        out.append(bytes, from, size);
        dirty();
    }

    /** The first request has its whole reply: what overtook it follows. */
    void advance() {
        Request head = first;
        while (head != null && head.isDone()) {
            ByteQueue side = head.side();
            if (side != null) {
                out.take(side);
                dirty();
            }
            Request next = head.later;
            pending--;
            head.recycle();
            head = next;
            first = next;
            if (next == null) {
                last = null;
            } else if (next.side() instanceof ByteQueue begun && begun.unsent() > 0) {
                out.take(begun);
                dirty();
            }
        }
        if (paused) {
            resumeIfPossible();
        }
        if (closing) {
            closeWhenWritten();
        }
    }

    @Override
    protected void onWritten() {
        if (paused) {
            resumeIfPossible();
        }
        if (closing) {
            closeWhenWritten();
        }
    }

    /** No further request is read; the connection ends when all replies have left. */
    void closeAfterReplies() {
        closing = true;
        wantRead(false);
        closeWhenWritten();
    }

    private void closeWhenWritten() {
        if (first == null && out.unsent() == 0) {
            close("done");
        } else {
            dirty();
        }
    }

    /** How long (ns) nothing has come from the client while it owes the next request. */
    long idleFor() {
        return first == null && out.unsent() == 0 ? loop.now() - lastRead : 0;
    }

    long lastRead() {
        return lastRead;
    }

    int pending() {
        return pending;
    }

    /** Bytes that wait for this client. */
    long owed() {
        long bytes = out.unsent() + partialSize;
        for (Request request = first; request != null; request = request.later) {
            bytes += request.sideBytes();
        }
        return bytes;
    }

    @Override
    protected void onBroken(String why) {
        close(why);
    }

    void close(String why) {
        if (!isOpen()) {
            return;
        }
        closing = true;
        detach();
        out.clear();
        drop(partial);
        partial = NONE;
        partialSize = 0;
        scanner = null;
        Request request = first;
        first = null;
        last = null;
        while (request != null) {
            Request next = request.later;
            request.orphan();
            request = next;
        }
        worker.gone(this, why);
    }

    @Override
    public String toString() {
        return "client " + id + " " + remote;
    }
}
