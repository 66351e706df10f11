package io.codis.proxy.session;

import io.codis.proxy.move.Moving;
import io.codis.proxy.route.Slot;

/** A part of a split command whose slot migrates. */
final class MovingPart extends Moving {

    private final Worker worker;
    private final Part part;
    private final Slot slot;
    private final byte[][] keys;

    MovingPart(Worker worker, Part part, Slot slot) {
        this.worker = worker;
        this.part = part;
        this.slot = slot;
        this.keys = MovingRequest.keysOf(part.split().verb(), part.command);
    }

    @Override
    public Slot slot() {
        return slot;
    }

    @Override
    public int channel() {
        return part.split().channel();
    }

    @Override
    public byte[][] keys() {
        return keys;
    }

    @Override
    public byte[] command() {
        return part.command;
    }

    @Override
    public Object origin() {
        return part.split().origin();
    }

    @Override
    public boolean readOnly() {
        return part.split().verb().readOnly;
    }

    @Override
    public long deadline() {
        return part.deadline();
    }

    @Override
    public void atTarget() {
        part.split().moved(part, slot);
    }

    @Override
    public void again() {
        worker.routes.hold(slot, part);
    }

    @Override
    public void answered(byte[] reply) {
        part.answer(reply);
    }

    @Override
    public void failed(String error) {
        part.answer(Replies.error(error));
    }
}
