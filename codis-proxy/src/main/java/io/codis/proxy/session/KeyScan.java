package io.codis.proxy.session;

import io.codis.proxy.backend.Backend;
import io.codis.proxy.backend.Server;
import io.codis.proxy.engine.RequestScanner;
import io.codis.proxy.move.Moving;
import io.codis.proxy.route.Routed;
import io.codis.proxy.route.Slot;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;

/**
 * One call of HSCAN, SSCAN or ZSCAN. An engine's cursor means nothing to another process: that one hashes with another
 * seed, and elements would be passed over. So the cursor that a client sees also stands for the process that gave it, 26
 * bits beside 37 of the engine's own; at any other process, after a move or a failover, the scan begins anew. Its contract
 * allows elements to come twice, but none to be missed.
 */
final class KeyScan extends Routed {

    private static final int KEY = 1;
    private static final int CURSOR = 2;
    private static final int CURSOR_BITS = 37;
    private static final long CURSOR_MASK = (1L << CURSOR_BITS) - 1;
    private static final long MARK_MASK = (1L << 26) - 1;

    private final Worker worker;
    private final Request request;
    private final Slot slot;
    private final byte[][] words;
    private final ByteArrayOutputStream reply = new ByteArrayOutputStream();
    private long mark;

    KeyScan(Worker worker, Request request, Slot slot, byte[] bytes, RequestScanner call) {
        this.worker = worker;
        this.request = request;
        this.slot = slot;
        this.words = new byte[call.items()][];
        for (int i = 0; i < words.length; i++) {
            words[i] = LocalCommands.argument(bytes, call, i);
        }
    }

    void send() {
        int mode = slot.mode();
        if ((mode & Slot.OFFLINE) != 0 && (mode & Slot.LOCKED) == 0) {
            request.fail("ERR handle request, slot is not ready, may be offline");
        } else if ((mode & (Slot.LOCKED | Slot.HELD)) != 0) {
            worker.routes.hold(slot, this);
        } else if ((mode & Slot.MOVING) != 0) {
            worker.movers.run(new WhileMoving());
        } else {
            giveOrHold();
        }
    }

    private void giveOrHold() {
        Backend backend = slot.server().channel(request.channel);
        if (backend.takes()) {
            byte[] command = command(backend.server());
            backend.give(this, command, 0, command.length);
        } else {
            worker.routes.hold(slot, this);
        }
    }

    private byte[] command(Server server) {
        mark = Objects.hash(server.address(), server.runId()) & MARK_MASK;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Replies.ascii("*" + words.length + "\r\n"));
        for (int i = 0; i < words.length; i++) {
            out.writeBytes(Replies.bulk(i == CURSOR ? cursor() : words[i]));
        }
        return out.toByteArray();
    }

    /** The engine's own, as far as it is the one that gave it. What is no number the engine refuses itself. */
    private byte[] cursor() {
        try {
            long asked = Long.parseUnsignedLong(new String(words[CURSOR], StandardCharsets.ISO_8859_1));
            long own = asked >>> CURSOR_BITS == mark ? asked & CURSOR_MASK : 0;
            return Replies.ascii(Long.toString(own));
        } catch (NumberFormatException e) {
            return words[CURSOR];
        }
    }

    @Override
    protected void onReply(byte[] bytes, int from, int size, boolean last) {
        reply.write(bytes, from, size);
        if (last) {
            arrived(reply.toByteArray());
        }
    }

    /** {@code *2 $n cursor *m elements}. */
    private void arrived(byte[] bytes) {
        int from = lineEnd(bytes, lineEnd(bytes, 0));
        int end = lineEnd(bytes, from);
        long own;
        try {
            own = Long.parseLong(new String(bytes, from, end - 2 - from, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            own = -1;
        }
        if (own < 0 || own > CURSOR_MASK) {
            request.fail("ERR handle response, bad " + request.verb.name() + " resp: not a cursor");
            return;
        }
        byte[] cursor = Replies.bulk(own == 0 ? "0" : Long.toString(mark << CURSOR_BITS | own));
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 16);
        out.writeBytes(Replies.ascii("*2\r\n"));
        out.writeBytes(cursor);
        out.write(bytes, end, bytes.length - end);
        request.answer(out.toByteArray());
    }

    /** The index behind the next line feed, or behind all. */
    private static int lineEnd(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && bytes[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, bytes.length);
    }

    @Override
    protected void onError(Backend backend, byte[] line, int from, int size) {
        if (Replies.meansNotExecuted(line, from, size) && deadline() - worker.loop.now() > 0) {
            backend.rejected();
            worker.routes.hold(slot, this);
            return;
        }
        request.verb.errors++;
        worker.errors++;
        request.answer(Arrays.copyOfRange(line, from, from + size));
    }

    @Override
    protected void onLost(Backend backend, boolean sent, String why) {
        reply.reset();
        worker.routes.hold(slot, this);
    }

    @Override
    protected boolean mustFollowRejected() {
        return (slot.mode() & Slot.HELD) != 0;
    }

    @Override
    protected void onOvertaken(Backend backend) {
        worker.routes.hold(slot, this);
    }

    @Override
    protected boolean mayWrite() {
        return false;
    }

    @Override
    protected void addSlotsTo(BitSet slots) {
        slots.set(slot.number());
    }

    @Override
    protected void go() {
        if (request.session == null) {
            request.finish();
        } else {
            send();
        }
    }

    @Override
    protected void expire(String why) {
        request.expire(why);
    }

    @Override
    protected long deadline() {
        return request.deadline();
    }

    @Override
    protected int keeps() {
        int bytes = 0;
        for (byte[] word : words) {
            bytes += word.length;
        }
        return bytes;
    }

    /** While the slot migrates the key is at one of two places; each of them has its own cursors. */
    private final class WhileMoving extends Moving {

        @Override
        public Slot slot() {
            return slot;
        }

        @Override
        public int channel() {
            return request.channel;
        }

        @Override
        public byte[][] keys() {
            return new byte[][] {words[KEY]};
        }

        /** Asked for when it is given to the source. */
        @Override
        public byte[] command() {
            return KeyScan.this.command(Objects.requireNonNull(slot.sourceServer()));
        }

        @Override
        public Object origin() {
            Session session = request.session;
            return session == null ? this : session;
        }

        @Override
        public boolean readOnly() {
            return true;
        }

        @Override
        public long deadline() {
            return request.deadline();
        }

        @Override
        public void atTarget() {
            if (request.session == null) {
                request.finish();
            } else if (slot.mode() == Slot.MOVING) {
                giveOrHold();
            } else {
                worker.routes.hold(slot, KeyScan.this);
            }
        }

        @Override
        public void again() {
            worker.routes.hold(slot, KeyScan.this);
        }

        @Override
        public void answered(byte[] reply) {
            arrived(reply);
        }

        @Override
        public void failed(String error) {
            request.fail(error);
        }
    }
}
