package io.codis.proxy.session;

import io.codis.core.slot.SlotHash;
import io.codis.proxy.backend.Channel;
import io.codis.proxy.engine.RequestScanner;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;

/** What the proxy answers itself. Error texts are those of Codis 3.2 where it had the command, else those of Redis. */
final class LocalCommands {

    private static final byte[] DEFAULT_USER = Replies.ascii("default");

    private final Worker worker;
    private final CommandCommand commands;

    LocalCommands(Worker worker) {
        this.worker = worker;
        this.commands = new CommandCommand();
    }

    void answer(Session session, Verb verb, byte[] bytes, RequestScanner call) {
        verb.calls++;
        byte[] reply = switch (verb.name()) {
            case "auth" -> auth(session, bytes, call);
            case "hello" -> hello(session, bytes, call);
            case "quit" -> Replies.OK;
            case "reset" -> reset(session);
            case "echo" -> Replies.bulk(argument(bytes, call, 1));
            case "ping" -> ping(bytes, call);
            case "select" -> select(session, bytes, call);
            case "time" -> time();
            case "info" -> Replies.verbatim(session, Info.of(worker));
            case "client|id" -> Replies.integer(session.id);
            case "client|info" -> Replies.verbatim(session, describe(session));
            case "client|getname" -> session.name.length == 0 ? Replies.nil(session) : Replies.bulk(session.name);
            case "client|setname" -> setName(session, argument(bytes, call, 2));
            case "client|setinfo" -> setInfo(session, bytes, call);
            case "client|capa" -> Replies.OK;
            case "slotshashkey" -> slotsHashKey(bytes, call);
            case "slotsmapping" -> slotsMapping(bytes, call);
            default -> commands.answer(verb.name(), bytes, call, Channel.isResp3(session.channel));
        };
        boolean error = reply[0] == '-';
        verb.errors += error ? 1 : 0;
        worker.local(session, reply, error);
        if (verb.name().equals("quit")) {
            session.closeAfterReplies();
        }
    }

    /**
     * Whether the command may have to wait until those before it are answered: what is on its way and what follows would take
     * different connections to a server, which keep no order between them.
     */
    static boolean changesProtocol(byte[] bytes, RequestScanner call) {
        if (call.length(0) != 5) {
            return false;
        }
        String name = text(bytes, call, 0);
        return name.equalsIgnoreCase("hello") || name.equalsIgnoreCase("reset");
    }

    static byte[] argument(byte[] bytes, RequestScanner call, int i) {
        return Arrays.copyOfRange(bytes, call.start(i), call.start(i) + call.length(i));
    }

    static String text(byte[] bytes, RequestScanner call, int i) {
        return new String(argument(bytes, call, i), StandardCharsets.UTF_8);
    }

    private byte[] auth(Session session, byte[] bytes, RequestScanner call) {
        if (call.items() > 3) {
            return Replies.error("ERR syntax error");
        }
        if (worker.passwords.none()) {
            return Replies.error("ERR Client sent AUTH, but no password is set");
        }
        boolean named = call.items() == 3;
        byte[] user = named ? argument(bytes, call, 1) : DEFAULT_USER;
        session.trusted = login(user, argument(bytes, call, call.items() - 1));
        if (session.trusted) {
            return Replies.OK;
        }
        return Replies.error(named ? wrongPassword() : "ERR invalid password");
    }

    private static String wrongPassword() {
        return "WRONGPASS invalid username-password pair or user is disabled.";
    }

    /** Both comparisons always run to their end: time must not tell how much was right. */
    private boolean login(byte[] user, byte[] password) {
        return MessageDigest.isEqual(user, DEFAULT_USER) & worker.passwords.accept(password);
    }

    private byte[] hello(Session session, byte[] bytes, RequestScanner call) {
        int next = 1;
        boolean resp3 = Channel.isResp3(session.channel);
        if (call.items() > 1) {
            String version = text(bytes, call, next++);
            if (!version.matches("-?\\d{1,9}")) {
                return Replies.error("ERR Protocol version is not an integer or out of range");
            }
            if (!version.equals("2") && !version.equals("3")) {
                return Replies.error("NOPROTO unsupported protocol version");
            }
            resp3 = version.equals("3");
        }
        byte[] name = session.name;
        while (next < call.items()) {
            String option = text(bytes, call, next).toLowerCase(Locale.ROOT);
            int more = call.items() - next - 1;
            if (option.equals("auth") && more >= 2) {
                if (worker.passwords.none()
                        ? !MessageDigest.isEqual(argument(bytes, call, next + 1), DEFAULT_USER)
                        : !login(argument(bytes, call, next + 1), argument(bytes, call, next + 2))) {
                    return Replies.error(wrongPassword());
                }
                session.trusted = true;
                next += 3;
            } else if (option.equals("setname") && more >= 1) {
                name = argument(bytes, call, next + 1);
                next += 2;
            } else {
                return Replies.error("ERR Syntax error in HELLO option '" + text(bytes, call, next) + "'");
            }
        }
        if (!session.trusted) {
            return Replies.error(
                    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto>"
                            + " AUTH <user> <pass> option can be used to authenticate the client and select the RESP"
                            + " protocol version at the same time");
        }
        if (!printable(name)) {
            return badName();
        }
        session.name = name;
        session.channel = Channel.of(Channel.database(session.channel), resp3);
        return Replies.ascii((resp3 ? "%7" : "*14") + "\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$"
                + Info.ENGINE.length() + "\r\n"
                + Info.ENGINE + "\r\n$5\r\nproto\r\n:" + (resp3 ? 3 : 2) + "\r\n$2\r\nid\r\n:" + session.id
                + "\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n");
    }

    private byte[] reset(Session session) {
        session.trusted = worker.passwords.none();
        session.channel = 0;
        session.name = Request.NONE;
        return Replies.ascii("+RESET\r\n");
    }

    private static byte[] ping(byte[] bytes, RequestScanner call) {
        if (call.items() > 2) {
            return Replies.error("ERR wrong number of arguments for 'ping' command");
        }
        return call.items() == 1 ? Replies.PONG : Replies.bulk(argument(bytes, call, 1));
    }

    private byte[] select(Session session, byte[] bytes, RequestScanner call) {
        String number = text(bytes, call, 1);
        if (!number.matches("0|-?[1-9]\\d{0,8}")) {
            return Replies.error("ERR invalid DB index");
        }
        int database = Integer.parseInt(number);
        if (database < 0 || database >= worker.settings.databases()) {
            return Replies.error("ERR invalid DB index, only accept DB [0," + worker.settings.databases() + ")");
        }
        session.channel = Channel.of(database, Channel.isResp3(session.channel));
        return Replies.OK;
    }

    private static byte[] time() {
        long micros = System.currentTimeMillis() * 1000 + (System.nanoTime() / 1000) % 1000;
        String seconds = Long.toString(micros / 1_000_000);
        String rest = Long.toString(micros % 1_000_000);
        return Replies.ascii(
                "*2\r\n$" + seconds.length() + "\r\n" + seconds + "\r\n$" + rest.length() + "\r\n" + rest + "\r\n");
    }

    private static boolean printable(byte[] name) {
        for (byte b : name) {
            if (b < '!' || b > '~') {
                return false;
            }
        }
        return true;
    }

    private static byte[] badName() {
        return Replies.error("ERR Client names cannot contain spaces, newlines or special characters.");
    }

    private static byte[] setName(Session session, byte[] name) {
        if (!printable(name)) {
            return badName();
        }
        session.name = name;
        return Replies.OK;
    }

    private static byte[] setInfo(Session session, byte[] bytes, RequestScanner call) {
        String option = text(bytes, call, 2).toLowerCase(Locale.ROOT);
        byte[] value = argument(bytes, call, 3);
        if (!printable(value)) {
            return Replies.error("ERR " + option + " cannot contain spaces, newlines or special characters.");
        }
        String text = new String(value, StandardCharsets.US_ASCII);
        switch (option) {
            case "lib-name" -> session.library = text;
            case "lib-ver" -> session.libraryVersion = text;
            default -> {
                return Replies.error("ERR Unrecognized option '" + option + "'");
            }
        }
        return Replies.OK;
    }

    private String describe(Session session) {
        long now = worker.loop.now();
        return "id=" + session.id + " addr=" + session.remote + " name="
                + new String(session.name, StandardCharsets.US_ASCII) + " age=" + (now - session.since) / 1_000_000_000
                + " idle=0 flags=N db=" + Channel.database(session.channel) + " lib-name=" + session.library
                + " lib-ver="
                + session.libraryVersion + " resp=" + (Channel.isResp3(session.channel) ? 3 : 2) + "\n";
    }

    private static byte[] slotsHashKey(byte[] bytes, RequestScanner call) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Replies.ascii("*" + (call.items() - 1) + "\r\n"));
        for (int i = 1; i < call.items(); i++) {
            out.writeBytes(Replies.integer(SlotHash.slotOf(bytes, call.start(i), call.length(i))));
        }
        return out.toByteArray();
    }

    private byte[] slotsMapping(byte[] bytes, RequestScanner call) {
        if (call.items() == 1) {
            StringBuilder all = new StringBuilder("*" + SlotHash.SLOTS + "\r\n");
            for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
                all.append(mapping(slot));
            }
            return Replies.ascii(all.toString());
        }
        String number = text(bytes, call, 1);
        if (call.items() > 2 || !number.matches("\\d{1,4}") || Integer.parseInt(number) >= SlotHash.SLOTS) {
            return Replies.error("ERR parse slotnum '" + number + "' failed, out of range");
        }
        return Replies.ascii(mapping(Integer.parseInt(number)));
    }

    private String mapping(int slot) {
        var routing = worker.routes.map().routing(slot);
        String master = routing.backendAddr() == null ? "" : routing.backendAddr();
        String source = routing.migrateFrom() == null ? "" : routing.migrateFrom();
        return "*4\r\n+" + slot + "\r\n+" + master + "\r\n+" + source + "\r\n*-1\r\n";
    }
}
