package io.codis.proxy.session;

import io.codis.proxy.backend.Backend;
import io.codis.proxy.backend.Server;
import io.codis.proxy.route.Routed;
import io.codis.proxy.route.Slot;
import java.io.ByteArrayOutputStream;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** A split command's share for one server or one slot: a smaller command of the same name, with its own fate. */
final class Part extends Routed {

    private final Split split;
    /** Which keys of the whole it carries, by their position there. */
    final int[] keys;

    /** The one slot of all its keys; null when it was made for a server. */
    final @Nullable Slot slot;

    private final BitSet slots;
    private final ByteArrayOutputStream reply = new ByteArrayOutputStream();
    byte[] command;
    private @Nullable Server awaited;

    Part(Split split, int[] keys, @Nullable Slot slot, BitSet slots, byte[] command) {
        this.split = split;
        this.keys = keys;
        this.slot = slot;
        this.slots = slots;
        this.command = command;
    }

    Split split() {
        return split;
    }

    byte[] reply() {
        return reply.toByteArray();
    }

    @Override
    protected void onReply(byte[] bytes, int from, int size, boolean last) {
        reply.write(bytes, from, size);
        if (last) {
            if (awaited instanceof Server server && split.worker().safeWrites instanceof SafeWrites safe) {
                safe.hold(this, server, deadline(), this::acknowledged);
            } else {
                split.arrived(this);
            }
        }
    }

    private void acknowledged(@Nullable String problem) {
        if (problem != null) {
            reply.reset();
            reply.writeBytes(Replies.error("ERR outcome unknown: " + problem));
        }
        split.arrived(this);
    }

    void giveTo(Backend backend) {
        awaited = mayWrite() ? backend.server() : null;
        backend.give(this, command, 0, command.length);
    }

    /** A reply that says nothing was written here, or that the outcome is unknown. */
    void answer(byte[] bytes) {
        awaited = null;
        onReply(bytes, 0, bytes.length, true);
    }

    @Override
    protected void onError(Backend backend, byte[] line, int from, int size) {
        if (Replies.meansNotExecuted(line, from, size) && !split.isLate()) {
            backend.rejected();
            split.again(this);
            return;
        }
        awaited = null;
        onReply(line, from, size, true);
    }

    @Override
    protected void onLost(Backend backend, boolean sent, String why) {
        if (sent && mayWrite()) {
            answer(Replies.error(
                    "ERR outcome unknown: connection to " + backend.server() + " lost after the request was sent"));
        } else {
            reply.reset();
            split.again(this);
        }
    }

    @Override
    protected boolean mayWrite() {
        return !split.verb().readOnly;
    }

    @Override
    protected void addSlotsTo(BitSet to) {
        to.or(slots);
    }

    @Override
    public boolean touches(BitSet locked) {
        return slots.intersects(locked);
    }

    @Override
    protected void go() {
        split.go(this);
    }

    @Override
    protected void expire(String why) {
        split.worker().fails++;
        answer(Replies.error("ERR handle request, " + why + "; waited " + split.worker().holdMillis + " ms"));
    }

    @Override
    protected long deadline() {
        return split.deadline();
    }

    @Override
    protected int keeps() {
        return command.length;
    }
}
