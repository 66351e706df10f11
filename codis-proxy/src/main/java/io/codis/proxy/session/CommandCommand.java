package io.codis.proxy.session;

import io.codis.core.command.Command;
import io.codis.core.command.CommandTable;
import io.codis.core.command.Route;
import io.codis.proxy.engine.RequestScanner;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** COMMAND and its subcommands, for the commands that the proxy serves. */
final class CommandCommand {

    private static final int PROBE = 25;

    byte[] answer(String name, byte[] bytes, RequestScanner call, boolean resp3) {
        return switch (name) {
            case "command" ->
                call.items() == 1
                        ? infos(served())
                        : Replies.error("ERR unknown subcommand '" + LocalCommands.text(bytes, call, 1)
                                + "'. Try COMMAND HELP.");
            case "command|count" -> Replies.integer(served().size());
            case "command|docs" -> Replies.ascii(resp3 ? "%0\r\n" : "*0\r\n");
            case "command|list" -> list();
            case "command|info" -> call.items() == 2 ? infos(served()) : named(bytes, call, resp3);
            case "command|getkeys" -> keys(bytes, call, false);
            case "command|getkeysandflags" -> keys(bytes, call, true);
            case "command|help" -> Replies.ascii("*1\r\n+COMMAND [COUNT | DOCS | GETKEYS | INFO | LIST]\r\n");
            default -> throw new IllegalStateException("no local answer for " + name);
        };
    }

    private static List<Command> served() {
        return CommandTable.known().all().stream()
                .filter(c -> !c.name().contains("|"))
                .filter(c -> c.route() != Route.REFUSED && c.route() != Route.SESSION || c.hasSubcommands())
                .toList();
    }

    private static byte[] list() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Command> served = served();
        out.writeBytes(Replies.ascii("*" + served.size() + "\r\n"));
        served.forEach(command -> out.writeBytes(Replies.bulk(command.name())));
        return out.toByteArray();
    }

    private static byte[] infos(List<Command> commands) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Replies.ascii("*" + commands.size() + "\r\n"));
        commands.forEach(command -> out.writeBytes(info(command)));
        return out.toByteArray();
    }

    private static byte[] named(byte[] bytes, RequestScanner call, boolean resp3) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Replies.ascii("*" + (call.items() - 2) + "\r\n"));
        for (int i = 2; i < call.items(); i++) {
            Command command = CommandTable.known()
                    .named(LocalCommands.text(bytes, call, i).toLowerCase(Locale.ROOT));
            out.writeBytes(command == null ? Replies.ascii(resp3 ? "_\r\n" : "*-1\r\n") : info(command));
        }
        return out.toByteArray();
    }

    private static byte[] info(Command command) {
        int[] keys = range(command);
        String flag = command.readOnly() ? "*1\r\n+readonly\r\n" : command.script() ? "*0\r\n" : flagOf(command);
        return Replies.ascii("*10\r\n$" + command.name().length() + "\r\n" + command.name() + "\r\n:" + command.arity()
                + "\r\n" + flag + ":" + keys[0] + "\r\n:" + keys[1] + "\r\n:" + keys[2]
                + "\r\n*0\r\n*0\r\n*0\r\n*0\r\n");
    }

    private static String flagOf(Command command) {
        return switch (command.access()) {
            case READ -> "*1\r\n+readonly\r\n";
            case WRITE -> "*1\r\n+write\r\n";
            case NEITHER -> "*0\r\n";
        };
    }

    /** First key, last key, step, found by asking for the keys of calls of two lengths. */
    private static int[] range(Command command) {
        int[] zeros = new int[PROBE + 2];
        byte[] none = {0};
        int args = command.arity() >= 0 ? command.arity() : PROBE;
        int keys = command.keyCount(none, zeros, zeros, args);
        if (keys < 1) {
            return new int[] {0, 0, 0};
        }
        int first = command.keyAt(0, none, zeros, zeros, args);
        int last = command.keyAt(keys - 1, none, zeros, zeros, args);
        int step = keys > 1 ? command.keyAt(1, none, zeros, zeros, args) - first : 1;
        boolean open = command.arity() < 0 && keys > 2;
        return new int[] {first, open ? last - args - (step - 1) + (step - 1) : last, step};
    }

    private static byte[] keys(byte[] bytes, RequestScanner call, boolean flags) {
        int[] at = Arrays.copyOfRange(call.starts(), 2, call.items());
        int[] length = Arrays.copyOfRange(call.lengths(), 2, call.items());
        @Nullable Command found = CommandTable.known().find(bytes, at[0], length[0]);
        if (found == null) {
            return Replies.error("ERR Invalid command specified");
        }
        Command command = found.resolve(bytes, at, length, at.length);
        if (!command.arityFits(at.length)) {
            return Replies.error("ERR Invalid number of arguments specified for command");
        }
        int keys = command.keyCount(bytes, at, length, at.length);
        if (keys <= 0) {
            return Replies.error(
                    keys == 0 ? "ERR The command has no key arguments" : "ERR Invalid arguments specified for command");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Replies.ascii("*" + keys + "\r\n"));
        for (int i = 0; i < keys; i++) {
            int key = command.keyAt(i, bytes, at, length, at.length);
            out.writeBytes(flags ? Replies.ascii("*2\r\n") : Request.NONE);
            Replies.bulk(out, bytes, at[key], length[key]);
            out.writeBytes(flags ? access(command) : Request.NONE);
        }
        return out.toByteArray();
    }

    private static byte[] access(Command command) {
        return ("*1\r\n+" + (command.readOnly() ? "RO" : "RW") + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
