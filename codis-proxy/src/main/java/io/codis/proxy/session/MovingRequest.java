package io.codis.proxy.session;

import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.RequestScanner;
import io.codis.proxy.move.Moving;
import io.codis.proxy.route.Slot;
import java.util.Arrays;

/** A client's request whose slot migrates. */
final class MovingRequest extends Moving {

    private final Worker worker;
    private final Request request;
    private final Slot slot;
    private final byte[] command;
    private final byte[][] keys;

    MovingRequest(Worker worker, Request request, Slot slot) {
        this.worker = worker;
        this.request = request;
        this.slot = slot;
        this.command = request.own;
        this.keys = keysOf(request.verb, command);
    }

    /** The distinct keys that a call names. */
    static byte[][] keysOf(Verb verb, byte[] bytes) {
        RequestScanner call = new RequestScanner();
        try {
            call.scan(bytes, 0, bytes.length, true);
        } catch (ProtocolException e) {
            throw new IllegalStateException(e);
        }
        int count = verb.command.keyCount(bytes, call.starts(), call.lengths(), call.items());
        byte[][] keys = new byte[count][];
        for (int i = 0; i < count; i++) {
            int at = verb.command.keyAt(i, bytes, call.starts(), call.lengths(), call.items());
            keys[i] = Arrays.copyOfRange(bytes, call.start(at), call.start(at) + call.length(at));
        }
        return keys;
    }

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
        return keys;
    }

    @Override
    public byte[] command() {
        return command;
    }

    @Override
    public Object origin() {
        Session session = request.session;
        return session == null ? this : session;
    }

    @Override
    public boolean readOnly() {
        return request.verb.readOnly;
    }

    @Override
    public long deadline() {
        return request.deadline();
    }

    @Override
    public void atTarget() {
        if (request.session == null) {
            request.finish();
        } else {
            worker.dispatcher.moved(request);
        }
    }

    @Override
    public void again() {
        worker.routes.hold(slot, request);
    }

    @Override
    public void answered(byte[] reply) {
        request.answer(reply);
    }

    @Override
    public void failed(String error) {
        request.fail(error);
    }
}
