package io.codis.proxy.session;

import io.codis.proxy.engine.ByteQueue;
import io.codis.proxy.engine.Conn;
import io.codis.proxy.engine.Loop;
import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.RequestScanner;
import io.codis.proxy.engine.RequestScanner.Found;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One client: the bytes of a request that is not complete yet, and its requests in the order of their replies.
 *
 * <p>A client that asks faster than it reads, or than servers answer, is not read from until it has caught up.
 */
final class Session extends Conn {

    /** Unread replies beyond this stop the reading of further requests. */
    private static final long OUT_PAUSE = 1 << 20;

    /** How long a connection whose end is announced waits for the client's. */
    private static final long LINGER = 500_000_000L;

    private static final byte[] NONE = {};

    private final Worker worker;
    final long id;
    boolean trusted;
    /** Database and protocol, see {@link io.codis.proxy.backend.Channel}. */
    int channel;

    byte[] name = NONE;
    String library = "";
    String libraryVersion = "";
    final long since;
    final String remote;
    private long lastRead;

    private final Collected collected;
    private @Nullable RequestScanner scanner;
    private @Nullable Request first;
    private @Nullable Request last;
    private int pending;
    private boolean paused;
    private boolean resuming;
    private boolean alone; // the next request waits until all before it are answered
    private boolean closing;
    private @Nullable Ending ending;

    Session(Worker worker, SocketChannel socket, long id) throws IOException {
        super(worker.loop, false);
        this.worker = worker;
        this.id = id;
        this.collected = new Collected(worker);
        this.trusted = worker.passwords.none();
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
        if (socket == null) {
            return;
        }
        if (ending instanceof Ending begun && begun.isAnnounced()) {
            passOver(socket);
            return;
        }
        if (closing) {
            return;
        }
        RequestScanner open = scanner;
        int need = open == null ? 0 : open.need();
        if (Math.max(collected.size(), need) > Loop.READ) {
            readBig(socket, need);
            return;
        }
        byte[] in = loop.in();
        int had = collected.size();
        int count = loop.read(socket, in, had, Loop.READ);
        if (count <= 0) {
            ended(count);
            return;
        }
        lastRead = loop.now();
        if (had > 0) {
            System.arraycopy(collected.take(), 0, in, 0, had);
        }
        requests(in, 0, had + count);
    }

    /** A request larger than the shared buffer. */
    private void readBig(SocketChannel socket, int need) throws IOException {
        if (!collected.makeRoom(need)) {
            String size = Math.max(need, collected.size()) + " bytes";
            collected.clear();
            worker.local(this, Replies.error("ERR Protocol error: no memory for this request of " + size), true);
            closeAfterReplies();
            return;
        }
        int count = collected.readFrom(socket);
        if (count <= 0) {
            ended(count);
            return;
        }
        lastRead = loop.now();
        int size = collected.size();
        if (size >= need) {
            requests(collected.take(), 0, size);
        }
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
                alone = found == Found.COMPLETE
                        ? !admit(bytes, at, scan)
                        : found == Found.INLINE && !inline(bytes, at, scan.length());
                if (alone) {
                    scan.reset();
                    pause();
                    break;
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
        collected.keep(bytes, from, limit);
        scanner = scan;
    }

    /** False when it has to wait. */
    private boolean admit(byte[] bytes, int from, RequestScanner call) {
        if (first != null && LocalCommands.changesProtocol(bytes, call)) {
            return false;
        }
        worker.dispatcher.dispatch(this, bytes, from, call);
        return true;
    }

    private boolean inline(byte[] bytes, int from, int length) throws ProtocolException {
        byte[] request = Inline.toArray(bytes, from, length);
        if (request.length == 0) {
            return true;
        }
        RequestScanner scan = worker.scanner();
        boolean admitted = scan.scan(request, 0, request.length, trusted) != Found.COMPLETE || admit(request, 0, scan);
        scan.reset();
        worker.give(scan);
        return admitted;
    }

    private boolean mustPause() {
        return pending >= worker.pipeline || out.unsent() > OUT_PAUSE;
    }

    private void pause() {
        paused = true;
        wantRead(false);
    }

    private void resumeIfPossible() {
        if (paused && !resuming && pending <= (alone ? 0 : worker.pipeline / 2) && out.unsent() <= OUT_PAUSE / 2) {
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
        int size = collected.size();
        requests(collected.take(), 0, size);
        if (!paused && !closing && !(ending instanceof Ending begun && begun.readsNoMore())) {
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
            } else if (next.begun() instanceof ByteQueue begun && begun.unsent() > 0) {
                out.take(begun);
                dirty();
            }
        }
        afterReplies();
    }

    @Override
    protected void onWritten() {
        afterReplies();
    }

    private void afterReplies() {
        if (paused) {
            resumeIfPossible();
        }
        if (closing) {
            closeWhenWritten();
        } else if (ending instanceof Ending begun) {
            begun.look();
        }
    }

    /** The proxy stops. */
    void drain() {
        Ending begun = new Ending(this);
        ending = begun;
        begun.look();
    }

    /** It has drained for long enough. */
    void lastReplies() {
        if (ending instanceof Ending begun && !begun.isAnnounced()) {
            wantRead(false);
            begun.lastReplies();
        }
    }

    /** Nothing of it is open; of a request that has come in part the rest may have to be given up. */
    boolean mayEnd(boolean inPart) {
        return !closing && first == null && out.unsent() == 0 && (collected.size() == 0 || (inPart && !paused));
    }

    /**
     * Closing with something unread would destroy replies on their way: so the client is told of the end, and has a moment
     * to hang up too.
     */
    void halfClose() {
        closing = true;
        try {
            SocketChannel socket = socket();
            if (socket != null) {
                socket.shutdownOutput();
                wantRead(true);
                loop.after(LINGER, () -> close("the proxy stops"));
            }
        } catch (IOException e) {
            onBroken(String.valueOf(e.getMessage()));
        }
    }

    private void passOver(SocketChannel socket) throws IOException {
        if (loop.read(socket, loop.in(), 0, Loop.READ) < 0) {
            close("the proxy stops");
        }
    }

    /** No further request is read; the connection ends when all replies have left. */
    void closeAfterReplies() {
        closing = true;
        wantRead(false);
        closeWhenWritten();
    }

    private void closeWhenWritten() {
        if (first != null || out.unsent() > 0) {
            dirty();
        } else if (ending instanceof Ending begun) {
            begun.announce();
        } else {
            close("done");
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
        long bytes = out.unsent() + collected.size();
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
        collected.clear();
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
