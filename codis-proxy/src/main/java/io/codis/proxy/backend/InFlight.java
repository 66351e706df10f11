package io.codis.proxy.backend;

import io.codis.proxy.engine.ByteQueue;
import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.ReplyScanner;
import java.io.ByteArrayOutputStream;
import java.util.BitSet;

/** The commands in flight on one connection, and the reply that is arriving for the first of them. */
final class InFlight {

    private static final int ERROR_BOUND = 64 << 10;

    private final Backend backend;
    private final ByteQueue out;
    private final Ring ring = new Ring();
    private final ReplyScanner scanner = new ReplyScanner();
    private final ByteArrayOutputStream errorLine = new ByteArrayOutputStream();
    private boolean dropping;
    private boolean rejected;

    InFlight(Backend backend, ByteQueue out) {
        this.backend = backend;
        this.out = out;
    }

    int size() {
        return ring.size();
    }

    /** When the oldest was given; only when there is one. */
    long oldest(long none) {
        Pending first = ring.first();
        return first == null ? none : first.givenAt;
    }

    void add(Pending pending, long start, int length, long now) {
        pending.start = start;
        pending.length = length;
        pending.givenAt = now;
        ring.add(pending);
    }

    /** The first was turned away without being executed; those behind it may want to come after it. */
    void rejected() {
        rejected = ring.size() > 1;
    }

    /** Hands out what {@code in[from, limit)} holds, until the connection is given up. */
    void take(byte[] in, int from, int limit) throws ProtocolException {
        int at = from;
        while (at < limit && backend.isReady()) {
            Pending pending = ring.first();
            if (pending == null) {
                throw new ProtocolException("a reply that nobody asked for");
            }
            boolean starts = scanner.complete();
            int end = scanner.scan(in, at, limit);
            if (starts) {
                dropping = rejected && pending.mustFollowRejected();
            }
            deliver(pending, in, at, end - at, starts);
            at = end;
        }
    }

    private void deliver(Pending pending, byte[] in, int at, int size, boolean starts) throws ProtocolException {
        boolean last = scanner.complete();
        if (dropping) {
            if (last) {
                dropping = false;
                long behind = pending.start + pending.length;
                pending.onOvertaken(backend);
                answered(pending, behind);
            }
        } else if ((starts && in[at] == '-') || errorLine.size() > 0) {
            error(pending, in, at, size, starts && last);
        } else {
            if (last) {
                ring.removeFirst();
                out.release(pending.start + pending.length);
                rejected = rejected && ring.size() > 0;
            }
            pending.onReply(in, at, size, last);
        }
    }

    private void error(Pending pending, byte[] in, int at, int size, boolean whole) throws ProtocolException {
        if (whole) {
            error(pending, in, at, size);
            return;
        }
        errorLine.write(in, at, size);
        if (errorLine.size() > ERROR_BOUND) {
            throw new ProtocolException("an error reply of more than 64 KiB");
        }
        if (scanner.complete()) {
            byte[] line = errorLine.toByteArray();
            errorLine.reset();
            error(pending, line, 0, line.length);
        }
    }

    /** The bytes are released only afterwards: they are needed when the command has to be given again. */
    private void error(Pending pending, byte[] line, int from, int size) {
        long end = pending.start + pending.length;
        pending.onError(backend, line, from, size);
        answered(pending, end);
    }

    private void answered(Pending pending, long end) {
        if (ring.first() == pending) {
            ring.removeFirst();
            out.release(end);
            rejected = rejected && ring.size() > 0;
        }
    }

    /** A new connection: nothing of a half reply counts any more. */
    void reset() {
        dropping = false;
        rejected = false;
        errorLine.reset();
        scanner.reset();
    }

    /** Every command of the old connection learns its fate before a new one may be given. */
    void lost(String why) {
        long sent = out.sent();
        while (ring.first() instanceof Pending pending) {
            pending.onLost(backend, pending.start < sent, why);
            if (ring.first() == pending) {
                ring.removeFirst();
            }
        }
        out.clear();
    }

    boolean busyOn(BitSet slots) {
        for (int i = 0; i < ring.size(); i++) {
            Pending pending = ring.at(i);
            if (pending != null && pending.touches(slots)) {
                return true;
            }
        }
        return false;
    }

    /** The slots of writes of which a byte has left. */
    BitSet writesSent() {
        BitSet slots = new BitSet();
        for (int i = 0; i < ring.size(); i++) {
            Pending pending = ring.at(i);
            if (pending != null && pending.mayWrite() && pending.start < out.sent()) {
                pending.addSlotsTo(slots);
            }
        }
        return slots;
    }
}
