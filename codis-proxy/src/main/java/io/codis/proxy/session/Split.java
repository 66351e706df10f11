package io.codis.proxy.session;

import io.codis.proxy.backend.Backend;
import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.ReplyScanner;
import io.codis.proxy.route.Slot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command whose keys are in several places: its parts, and how their replies become one. */
final class Split {

    private final Worker worker;
    private final Splitter splitter;
    private final Request whole;
    private final Verb verb;
    private final int keys;
    private final List<Part> arrived = new ArrayList<>();
    private int open;

    Split(Worker worker, Splitter splitter, Request whole, int keys) {
        this.worker = worker;
        this.splitter = splitter;
        this.whole = whole;
        this.verb = whole.verb;
        this.keys = keys;
    }

    Worker worker() {
        return worker;
    }

    Verb verb() {
        return verb;
    }

    Object origin() {
        Session session = whole.session;
        return session == null ? this : session;
    }

    int channel() {
        return whole.channel;
    }

    long deadline() {
        return whole.deadline();
    }

    boolean isLate() {
        return deadline() - worker.loop.now() <= 0;
    }

    void opened(int parts) {
        open += parts;
    }

    /** A part must be sent again: by slot this time, since slots may have parted. */
    void again(Part part) {
        if (part.slot == null) {
            splitter.bySlot(part);
        } else {
            worker.routes.hold(part.slot, part);
        }
    }

    void go(Part part) {
        if (whole.session == null) {
            part.answer(Replies.OK);
        } else {
            splitter.send(part);
        }
    }

    /** The part's keys are at the target of a slot that still migrates. */
    void moved(Part part, Slot slot) {
        Backend backend = slot.server().channel(channel());
        if (whole.session == null) {
            part.answer(Replies.OK);
        } else if (slot.mode() == Slot.MOVING && backend.takes()) {
            part.giveTo(backend);
        } else {
            worker.routes.hold(slot, part);
        }
    }

    /** This part's keys are in other parts now. */
    void replaced() {
        closeOne();
    }

    void arrived(Part part) {
        arrived.add(part);
        closeOne();
    }

    private void closeOne() {
        if (--open > 0) {
            return;
        }
        if (whole.session == null) {
            whole.finish();
            return;
        }
        Part failed = firstError();
        if (failed != null) {
            error(failed);
            return;
        }
        switch (verb.command.join()) {
            case ELEMENTS -> elements();
            case SUM -> whole.answer(Replies.integer(sum()));
            case SAME -> whole.answer(arrived.getFirst().reply());
            case NONE, LEAST, CURSOR -> throw new IllegalStateException("not a split command: " + verb.name());
        }
    }

    private @Nullable Part firstError() {
        for (Part part : arrived) {
            if (part.reply()[0] == '-') {
                return part;
            }
        }
        return null;
    }

    /** One clear error; of a write it says that others of its parts may have been done. */
    private void error(Part part) {
        verb.errors++;
        worker.errors++;
        String line = new String(part.reply(), StandardCharsets.UTF_8).strip();
        if (verb.readOnly || arrived.size() == 1) {
            whole.answer(Replies.error(line.substring(1)));
        } else {
            long failures = arrived.stream().filter(p -> p.reply()[0] == '-').count();
            whole.answer(Replies.error("ERR handle response, " + failures + " of " + arrived.size() + " parts of "
                    + verb.name().toUpperCase(java.util.Locale.ROOT)
                    + " failed, the others were done: " + line.substring(1)));
        }
    }

    private long sum() {
        long sum = 0;
        for (Part part : arrived) {
            String reply = new String(part.reply(), StandardCharsets.US_ASCII);
            sum += Long.parseLong(reply.substring(1, reply.length() - 2));
        }
        return sum;
    }

    /** Each part's elements, put back to the positions of their keys. */
    private void elements() {
        byte[][] sources = new byte[keys][];
        int[] starts = new int[keys];
        int[] ends = new int[keys];
        try {
            for (Part part : arrived) {
                place(part, sources, starts, ends);
            }
        } catch (ProtocolException | ArrayIndexOutOfBoundsException e) {
            whole.fail("ERR handle response, bad " + verb.name() + " resp: " + e.getMessage());
            return;
        }
        byte[] header = Replies.ascii("*" + keys + "\r\n");
        whole.reply(header, 0, header.length);
        for (int i = 0; i < keys; i++) {
            whole.reply(sources[i], starts[i], ends[i] - starts[i]);
        }
        whole.finish();
    }

    private static void place(Part part, byte[][] sources, int[] starts, int[] ends) throws ProtocolException {
        byte[] reply = part.reply();
        ReplyScanner scanner = new ReplyScanner();
        int at = 0;
        while (reply[at] != '\n') {
            at++;
        }
        at++;
        for (int key : part.keys) {
            sources[key] = reply;
            starts[key] = at;
            at = scanner.scan(reply, at, reply.length);
            ends[key] = at;
        }
        if (at != reply.length || !scanner.complete()) {
            throw new ProtocolException("not one element per key");
        }
    }
}
