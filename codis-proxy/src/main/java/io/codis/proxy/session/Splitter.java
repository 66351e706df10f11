package io.codis.proxy.session;

import io.codis.core.slot.SlotHash;
import io.codis.proxy.backend.Backend;
import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.RequestScanner;
import io.codis.proxy.route.Slot;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.Map;

/** Cuts MGET, MSET, DEL and their like: one part per server for slots in their plain state, one per slot for others. */
final class Splitter {

    private final Worker worker;
    private final Dispatcher dispatcher;

    Splitter(Worker worker, Dispatcher dispatcher) {
        this.worker = worker;
        this.dispatcher = dispatcher;
    }

    /** The keys of one part, in the order of the whole. */
    private static final class Share {
        private int[] keys = new int[8];
        private int size;
        private final BitSet slots = new BitSet();

        void add(int key, int slot) {
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, size * 2);
            }
            keys[size++] = key;
            slots.set(slot);
        }

        int[] keys() {
            return Arrays.copyOf(keys, size);
        }
    }

    /** Keys start at argument 1; each has {@code argumentsPerKey} arguments. */
    void split(Request request, byte[] bytes, int from, RequestScanner call) {
        int per = request.verb.command.argumentsPerKey();
        int keys = (call.items() - 1) / per;
        int only = SlotHash.slotOf(bytes, call.start(1), call.length(1));
        Map<Object, Share> shares = new IdentityHashMap<>();
        for (int key = 0; key < keys; key++) {
            int argument = 1 + key * per;
            Slot slot = worker.routes.slot(SlotHash.slotOf(bytes, call.start(argument), call.length(argument)));
            only = slot.number() == only ? only : -1;
            shares.computeIfAbsent(place(slot, request.channel), _ -> new Share())
                    .add(key, slot.number());
        }
        if (only >= 0) {
            request.slot = worker.routes.slot(only);
            dispatcher.route(request, bytes, from, call);
            return;
        }
        Split split = new Split(worker, this, request, keys);
        split.opened(shares.size());
        for (Map.Entry<Object, Share> entry : shares.entrySet()) {
            Share share = entry.getValue();
            byte[] command = command(share, per, bytes, call);
            if (entry.getKey() instanceof Slot slot) {
                send(new Part(split, share.keys(), slot, share.slots, command));
            } else if (entry.getKey() instanceof Backend backend) {
                new Part(split, share.keys(), null, share.slots, command).giveTo(backend);
            }
        }
    }

    /** Where a key's part goes: a server's connection for what is plain, else the slot, which may have to wait or move. */
    private static Object place(Slot slot, int channel) {
        if (slot.mode() == 0) {
            Backend backend = slot.server().channel(channel);
            if (backend.takes()) {
                return backend;
            }
        }
        return slot;
    }

    /** A copy of the arguments of these keys behind the name; arguments of one key are neighbours. */
    private static byte[] command(Share share, int per, byte[] bytes, RequestScanner call) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Replies.ascii("*" + (1 + share.size * per) + "\r\n"));
        Replies.bulk(out, bytes, call.start(0), call.length(0));
        for (int i = 0; i < share.size; i++) {
            int first = 1 + share.keys[i] * per;
            int start = call.start(first - 1) + call.length(first - 1) + 2;
            int end = call.start(first + per - 1) + call.length(first + per - 1) + 2;
            out.write(bytes, start, end - start);
        }
        return out.toByteArray();
    }

    /** A part of one slot: to the server, or into the slot's queue, or by way of moving its keys. */
    void send(Part part) {
        Slot slot = part.slot;
        if (slot == null) {
            bySlot(part);
            return;
        }
        int mode = slot.mode();
        if (mode == 0) {
            Backend backend = slot.server().channel(part.split().channel());
            if (backend.takes()) {
                part.giveTo(backend);
                return;
            }
        }
        if ((mode & Slot.OFFLINE) != 0 && (mode & Slot.LOCKED) == 0) {
            part.answer(Replies.error("ERR handle request, slot is not ready, may be offline"));
        } else if ((mode & (Slot.LOCKED | Slot.HELD)) == 0 && (mode & Slot.MOVING) != 0) {
            worker.movers.run(new MovingPart(worker, part, slot));
        } else {
            worker.routes.hold(slot, part);
        }
    }

    /** Cuts a part that was made for a server into parts of one slot each. */
    void bySlot(Part part) {
        byte[] bytes = part.command;
        RequestScanner call = new RequestScanner();
        try {
            call.scan(bytes, 0, bytes.length, true);
        } catch (ProtocolException e) {
            throw new IllegalStateException(e);
        }
        int per = part.split().verb().command.argumentsPerKey();
        Map<Slot, Share> shares = new IdentityHashMap<>();
        for (int key = 0; key < part.keys.length; key++) {
            int argument = 1 + key * per;
            int slot = SlotHash.slotOf(bytes, call.start(argument), call.length(argument));
            shares.computeIfAbsent(worker.routes.slot(slot), _ -> new Share()).add(key, slot);
        }
        part.split().opened(shares.size());
        part.split().replaced();
        shares.forEach((slot, share) -> {
            int[] keys = Arrays.stream(share.keys()).map(i -> part.keys[i]).toArray();
            Part smaller = new Part(part.split(), keys, slot, share.slots, command(share, per, bytes, call));
            worker.routes.hold(slot, smaller);
        });
    }
}
