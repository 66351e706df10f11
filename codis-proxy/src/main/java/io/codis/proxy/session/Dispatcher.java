package io.codis.proxy.session;

import io.codis.core.command.Command;
import io.codis.core.slot.SlotHash;
import io.codis.proxy.backend.Backend;
import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.RequestScanner;
import io.codis.proxy.route.Slot;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Sends each request the way that its row of the command table says. */
final class Dispatcher {

    /** From here on a request's bytes are handed over instead of copied. */
    private static final int BIG = 32 << 10;

    private final Worker worker;
    private final Verbs verbs;
    private final Slot[] slots;
    private final LocalCommands locals;
    private final Splitter splitter;
    private final Fanout fanout;
    private final Scan scan;
    private final RequestScanner again = new RequestScanner();

    Dispatcher(Worker worker) {
        this.worker = worker;
        this.verbs = worker.verbs;
        this.slots = worker.routes.slots();
        this.locals = new LocalCommands(worker);
        this.splitter = new Splitter(worker, this);
        this.fanout = new Fanout(worker);
        this.scan = new Scan(worker);
    }

    /** One whole request, which starts at {@code from}. */
    void dispatch(Session session, byte[] bytes, int from, RequestScanner call) {
        Verb verb = verbs.find(bytes, call.start(0), call.length(0));
        if (verb != null && verb.plain && session.trusted && call.items() >= verb.least && call.items() <= verb.most) {
            Slot slot = slots[SlotHash.slotOf(bytes, call.start(1), call.length(1))];
            Request request = admit(session, verb, slot);
            if (slot.mode() == 0) {
                Backend backend = slot.server().channel(session.channel);
                if (backend.takes()) {
                    give(backend, request, bytes, from, call.length());
                    return;
                }
            }
            detour(request, bytes, from, call);
            return;
        }
        slowly(session, verb, bytes, from, call);
    }

    private Request admit(Session session, Verb verb, @Nullable Slot slot) {
        Request request = worker.request();
        request.begin(session, verb, slot, session.channel);
        session.add(request);
        return request;
    }

    private static void give(Backend backend, Request request, byte[] bytes, int from, int length) {
        request.givenTo(backend);
        if (length >= BIG && length > bytes.length / 2 && bytes != backend.shared()) {
            backend.giveAway(request, bytes, from, length);
        } else {
            backend.give(request, bytes, from, length);
        }
    }

    private void slowly(Session session, @Nullable Verb found, byte[] bytes, int from, RequestScanner call) {
        if (found == null) {
            refuse(session, null, unknown(bytes, call));
            return;
        }
        Command command = found.command.resolve(bytes, call.starts(), call.lengths(), call.items());
        Verb verb = command == found.command ? found : verbs.of(command);
        if (command.hangsUp()) {
            session.close("it speaks HTTP");
            return;
        }
        if (!session.trusted && !command.beforeLogin()) {
            refuse(session, verb, "NOAUTH Authentication required.");
            return;
        }
        if (command.hasSubcommands() && call.items() > 1 && !command.name().equals("command")) {
            refuse(
                    session,
                    verb,
                    "ERR unknown subcommand '" + word(bytes, call, 1) + "'. Try "
                            + command.name().toUpperCase(java.util.Locale.ROOT) + " HELP.");
            return;
        }
        if (!command.arityFits(call.items())) {
            refuse(session, verb, "ERR wrong number of arguments for '" + command.name() + "' command");
            return;
        }
        String refusal = command.refusal(bytes, call.starts(), call.lengths(), call.items());
        if (refusal != null) {
            refuse(session, verb, refusal);
            return;
        }
        switch (command.route()) {
            case LOCAL -> locals.answer(session, verb, bytes, call);
            case SINGLE -> single(session, verb, bytes, from, call);
            case SPLIT -> splitter.split(admit(session, verb, null), bytes, from, call);
            case FANOUT -> everywhere(session, verb, bytes, from, call);
            case SESSION, REFUSED -> refuse(session, verb, "ERR handle request, command is not allowed");
        }
    }

    private void everywhere(Session session, Verb verb, byte[] bytes, int from, RequestScanner call) {
        if (verb.name().equals("scan")) {
            scan.begin(admit(session, verb, null), bytes, call);
        } else {
            fanout.begin(admit(session, verb, null), Arrays.copyOfRange(bytes, from, from + call.length()));
        }
    }

    private void single(Session session, Verb verb, byte[] bytes, int from, RequestScanner call) {
        Command command = verb.command;
        int keys = command.keyCount(bytes, call.starts(), call.lengths(), call.items());
        if (keys <= 0) {
            refuse(session, verb, "ERR syntax error");
            return;
        }
        int slot = slotOf(command, 0, bytes, call);
        for (int i = 1; i < keys; i++) {
            if (slotOf(command, i, bytes, call) != slot) {
                refuse(session, verb, "CROSSSLOT Keys in request don't hash to the same slot");
                return;
            }
        }
        Request request = admit(session, verb, slots[slot]);
        if (verb.keyScan) {
            new KeyScan(worker, request, slots[slot], bytes, call).send();
        } else {
            route(request, bytes, from, call);
        }
    }

    /** A request whose slot is known: to its server, or wherever it has to wait. */
    void route(Request request, byte[] bytes, int from, RequestScanner call) {
        Slot slot = request.slot;
        if (slot != null && slot.mode() == 0) {
            Backend backend = slot.server().channel(request.channel);
            if (backend.takes()) {
                give(backend, request, bytes, from, call.length());
                return;
            }
        }
        detour(request, bytes, from, call);
    }

    static int slotOf(Command command, int key, byte[] bytes, RequestScanner call) {
        int argument = command.keyAt(key, bytes, call.starts(), call.lengths(), call.items());
        return SlotHash.slotOf(bytes, call.start(argument), call.length(argument));
    }

    private void detour(Request request, byte[] bytes, int from, RequestScanner call) {
        Slot slot = request.slot;
        if (slot == null) {
            throw new IllegalStateException("a request without a slot");
        }
        int mode = slot.mode();
        if ((mode & Slot.OFFLINE) != 0 && (mode & Slot.LOCKED) == 0) {
            request.fail("ERR handle request, slot is not ready, may be offline");
            return;
        }
        if (request.own != bytes) {
            // a big one has its array to itself, and there may be no room for it twice
            boolean alone = call.length() == bytes.length && bytes != worker.loop.in();
            request.own = alone ? bytes : Arrays.copyOfRange(bytes, from, from + call.length());
        }
        if ((mode & (Slot.LOCKED | Slot.HELD)) == 0 && (mode & Slot.MOVING) != 0) {
            worker.movers.run(new MovingRequest(worker, request, slot));
            return;
        }
        if ((mode & (Slot.LOCKED | Slot.HELD)) == 0) {
            slot.server().channel(request.channel); // Asks for a connection if there is none yet.
        }
        worker.routes.hold(slot, request);
    }

    /** A request that waited sets out again. */
    void again(Request request) {
        again.reset();
        byte[] bytes = request.own;
        try {
            if (again.scan(bytes, 0, bytes.length, true) != RequestScanner.Found.COMPLETE) {
                throw new IllegalStateException("a waiting request is not whole");
            }
        } catch (ProtocolException e) {
            throw new IllegalStateException(e);
        }
        route(request, bytes, 0, again);
    }

    /** Its keys are at the target of a slot that still migrates. */
    void moved(Request request) {
        Slot slot = request.slot;
        if (slot != null && slot.mode() == Slot.MOVING) {
            Backend backend = slot.server().channel(request.channel);
            if (backend.takes()) {
                byte[] bytes = request.own;
                give(backend, request, bytes, 0, bytes.length);
                return;
            }
        }
        if (slot != null) {
            worker.routes.hold(slot, request);
        }
    }

    void refuse(Session session, @Nullable Verb verb, String error) {
        if (verb != null) {
            verb.calls++;
            verb.errors++;
        }
        worker.unknown += verb == null ? 1 : 0;
        worker.local(session, Replies.error(error), true);
    }

    private static String unknown(byte[] bytes, RequestScanner call) {
        StringBuilder text = new StringBuilder("ERR unknown command '").append(word(bytes, call, 0));
        text.append("', with args beginning with: ");
        for (int i = 1; i < call.items() && text.length() < 300; i++) {
            text.append('\'').append(word(bytes, call, i)).append("' ");
        }
        return text.toString();
    }

    static String word(byte[] bytes, RequestScanner call, int argument) {
        int length = Math.min(128, call.length(argument));
        return new String(bytes, call.start(argument), length, StandardCharsets.ISO_8859_1);
    }
}
