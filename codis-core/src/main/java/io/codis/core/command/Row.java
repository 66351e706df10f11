package io.codis.core.command;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One line of the table as written in {@link DataCommands} and {@link ServerCommands}. */
record Row(
        String name,
        int arity,
        Access access,
        Keys keys,
        Route route,
        Join join,
        Limit limit,
        boolean beforeLogin,
        @Nullable String refusal) {

    private static final Pattern LINE = Pattern.compile("(\\S+) +(-?\\d+) +([rw-]) +(\\S+) +(\\S+)(?: +(.+))?");
    private static final Pattern RANGE = Pattern.compile("(\\d+)(?:\\.\\.(-?\\d+)(?:/(\\d+))?)?");
    private static final Pattern COUNTED = Pattern.compile("(1\\+)?#(\\d+)(\\?)?");
    private static final String OWN_CONNECTION =
            "it needs a connection of its own at a server, which the proxy does not give yet";

    static Row parse(String line) {
        Matcher fields = LINE.matcher(line.strip());
        if (!fields.matches()) {
            throw new IllegalArgumentException("not a row of the command table: " + line);
        }
        String name = fields.group(1).toLowerCase(Locale.ROOT);
        String way = fields.group(5);
        String rest = fields.group(6) == null ? "" : fields.group(6);
        Route route = route(way);
        return new Row(
                name,
                Integer.parseInt(fields.group(2)),
                access(fields.group(3)),
                keys(fields.group(4)),
                route,
                join(way),
                route == Route.SINGLE && !rest.isEmpty() ? Limit.valueOf(rest) : Limit.NONE,
                way.equals("login"),
                refusalOf(route, way, name, rest));
    }

    /** The text that a client gets; its beginning is that of Codis 3.2. */
    static String refusal(String name, String why) {
        return "ERR handle request, command '" + name.toUpperCase(Locale.ROOT).replace('|', ' ') + "' is not allowed: "
                + why;
    }

    private static @Nullable String refusalOf(Route route, String way, String name, String rest) {
        return switch (route) {
            case SINGLE, SPLIT, LOCAL, FANOUT -> null;
            case SESSION -> refusal(name, rest.isEmpty() ? OWN_CONNECTION : rest);
            case REFUSED -> way.equals("plain") ? rest : refusal(name, rest);
        };
    }

    private static Route route(String way) {
        return switch (way) {
            case "single" -> Route.SINGLE;
            case "elements", "sum", "same" -> Route.SPLIT;
            case "local", "login" -> Route.LOCAL;
            case "all-sum", "all-same", "all-least", "cursor" -> Route.FANOUT;
            case "session" -> Route.SESSION;
            case "refused", "plain" -> Route.REFUSED;
            default -> throw new IllegalArgumentException("not a route: " + way);
        };
    }

    private static Join join(String way) {
        return switch (way) {
            case "elements" -> Join.ELEMENTS;
            case "sum", "all-sum" -> Join.SUM;
            case "same", "all-same" -> Join.SAME;
            case "all-least" -> Join.LEAST;
            case "cursor" -> Join.CURSOR;
            default -> Join.NONE;
        };
    }

    private static Access access(String letter) {
        return switch (letter) {
            case "r" -> Access.READ;
            case "w" -> Access.WRITE;
            default -> Access.NEITHER;
        };
    }

    private static Keys keys(String text) {
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            return new Keys.Range(first, last, range.group(3) == null ? 1 : Integer.parseInt(range.group(3)));
        }
        Matcher counted = COUNTED.matcher(text);
        if (counted.matches()) {
            int least = counted.group(3) == null ? 1 : 0;
            return new Keys.Counted(Integer.parseInt(counted.group(2)), counted.group(1) != null, least);
        }
        return switch (text) {
            case "-" -> new Keys.None();
            case "1+store@2" -> new Keys.Stored(2);
            case "1+store@5" -> new Keys.Stored(5);
            case "streams" -> new Keys.Streams();
            case "migrate" -> new Keys.Migrated();
            default -> throw new IllegalArgumentException("not a rule for keys: " + text);
        };
    }
}
