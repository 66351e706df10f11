package io.codis.proxy.session;

import io.codis.proxy.backend.Backend;
import io.codis.proxy.backend.Server;
import io.codis.proxy.engine.ByteQueue;
import io.codis.proxy.route.Routed;
import io.codis.proxy.route.Slot;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client, from its admission to the last byte of its reply. Objects are used again; see {@link
 * Worker#request}.
 *
 * <p>The reply at the head of the session's order goes straight to the session's queue; one that overtakes waits in a
 * queue of its own.
 */
final class Request extends Routed {

    static final byte[] NONE = {};

    private final Worker worker;

    @Nullable
    Session session;

    @Nullable
    Request later;

    Verb verb;

    @Nullable
    Slot slot;

    int channel;
    /** The request's bytes while it is not at a server; empty otherwise. */
    byte[] own = NONE;

    /** The server whose candidates the reply waits for, with safe writes; else null. */
    private @Nullable Server awaited;

    private @Nullable ByteQueue side;
    private long admitted;
    private long replied;
    private boolean done;

    Request(Worker worker, Verb verb) {
        this.worker = worker;
        this.verb = verb;
    }

    void begin(Session by, Verb what, @Nullable Slot where, int over) {
        session = by;
        verb = what;
        slot = where;
        channel = over;
        admitted = worker.loop.now();
        replied = 0;
        done = false;
        awaited = null;
        what.calls++;
    }

    /** It goes to this connection now. */
    void givenTo(Backend backend) {
        own = NONE;
        if (worker.safeWrites != null && !verb.readOnly) {
            awaited = backend.server();
        }
    }

    boolean isDone() {
        return done;
    }

    @Nullable
    ByteQueue side() {
        return side;
    }

    /** The part of its reply that may be shown before the rest is there. */
    @Nullable
    ByteQueue begun() {
        return awaited == null ? side : null;
    }

    long sideBytes() {
        ByteQueue queue = side;
        return queue == null ? 0 : queue.unsent();
    }

    @Override
    protected void onReply(byte[] bytes, int from, int size, boolean last) {
        reply(bytes, from, size);
        if (last) {
            if (awaited instanceof Server server && worker.safeWrites instanceof SafeWrites safe) {
                safe.hold(this, server, deadline(), this::acknowledged);
            } else {
                finish();
            }
        }
    }

    private void acknowledged(@Nullable String problem) {
        awaited = null;
        if (problem == null) {
            finish();
        } else {
            dropReply();
            fail("ERR outcome unknown: " + problem);
        }
    }

    /** A piece of the reply. */
    void reply(byte[] bytes, int from, int size) {
        Session to = session;
        replied += size;
        if (to == null) {
            return;
        }
        if (to.isNext(this) && awaited == null) {
            to.write(bytes, from, size);
            return;
        }
        ByteQueue queue = side;
        if (queue == null) {
            queue = new ByteQueue(worker.loop.pool(), false);
            side = queue;
        }
        queue.append(bytes, from, size);
    }

    /** The whole reply. */
    void answer(byte[] bytes) {
        reply(bytes, 0, bytes.length);
        finish();
    }

    /** The proxy could not get an engine's answer. */
    void fail(String text) {
        verb.fails++;
        worker.fails++;
        verb.errors++;
        worker.errors++;
        Session to = session;
        if (replied > 0) {
            brokenOff();
            return;
        }
        answer(Replies.error(text));
        if (to != null && worker.breakOnFailure) {
            to.closeAfterReplies();
        }
    }

    /** Part of a reply has left: the client must not take what follows for the rest of it. */
    private void brokenOff() {
        Session to = session;
        if (to != null && to.isNext(this)) {
            to.close("a reply was broken off");
        }
        finish();
    }

    void finish() {
        verb.nanos += worker.loop.now() - admitted;
        own = NONE;
        slot = null;
        done = true;
        Session to = session;
        if (to == null) {
            recycle();
        } else if (to.isNext(this)) {
            to.advance();
        }
    }

    /** The client has gone; what is in flight keeps its place, the reply is dropped. */
    void orphan() {
        session = null;
        later = null;
        dropSide();
        if (done) {
            recycle();
        }
    }

    private void dropSide() {
        ByteQueue queue = side;
        if (queue != null) {
            queue.clear();
            side = null;
        }
    }

    private void dropReply() {
        dropSide();
        replied = 0;
    }

    void recycle() {
        dropSide();
        session = null;
        later = null;
        slot = null;
        own = NONE;
        worker.recycle(this);
    }

    @Override
    protected void onError(Backend backend, byte[] line, int from, int size) {
        if (!verb.script && Replies.meansNotExecuted(line, from, size) && deadline() - worker.loop.now() > 0) {
            own = backend.bytesOf(this);
            backend.rejected();
            holdAgain();
            return;
        }
        verb.errors++;
        worker.errors++;
        if (!verb.script) {
            awaited = null;
        }
        onReply(line, from, size, true);
    }

    @Override
    protected void onLost(Backend backend, boolean sent, String why) {
        if (session == null) {
            finish();
        } else if (sent && !verb.readOnly) {
            if (awaited != null) {
                dropReply();
            }
            fail("ERR outcome unknown: connection to " + backend.server() + " lost after the request was sent");
        } else if (replied > 0 && session.isNext(this)) {
            brokenOff();
        } else {
            dropReply();
            own = backend.bytesOf(this);
            holdAgain();
        }
    }

    private void holdAgain() {
        Slot where = slot;
        if (where == null) {
            throw new IllegalStateException("a request without a slot cannot wait");
        }
        worker.routes.hold(where, this);
    }

    @Override
    protected boolean mustFollowRejected() {
        Slot where = slot;
        return verb.readOnly && where != null && (where.mode() & Slot.HELD) != 0;
    }

    @Override
    protected void onOvertaken(Backend backend) {
        own = backend.bytesOf(this);
        holdAgain();
    }

    @Override
    protected boolean mayWrite() {
        return !verb.readOnly;
    }

    @Override
    protected void addSlotsTo(BitSet slots) {
        Slot where = slot;
        if (where != null) {
            slots.set(where.number());
        }
    }

    @Override
    public boolean touches(BitSet slots) {
        Slot where = slot;
        return where != null && slots.get(where.number());
    }

    @Override
    protected void go() {
        if (session == null) {
            finish();
        } else {
            worker.dispatcher.again(this);
        }
    }

    @Override
    protected void expire(String why) {
        fail("ERR handle request, " + why + "; waited " + worker.holdMillis + " ms");
    }

    @Override
    protected long deadline() {
        return admitted + worker.holdNanos;
    }

    @Override
    protected int keeps() {
        return own.length;
    }
}
