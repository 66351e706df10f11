package io.codis.proxy.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an engine finds in a stream of bytes: whole commands, and how it ends. Written after {@code networking.c} and {@code
 * sds.c} of Redis 7.0, byte by byte and without any thought of speed; the comparison with the engine proves it too.
 */
final class StreamModel {

    /** How the stream ends. */
    enum End {
        /** Between two commands. */
        CLEAN,
        /** Inside one. */
        PARTIAL,
        /** With bytes that are no command: an error reply and the end of the connection. */
        ERROR,
        /**
         * Something that the comparison leaves out: a line end that is not CR LF, which engines pass over and the proxy
         * does not, a NUL in a length, or a limit that is configured.
         */
        UNCLEAR
    }

    /** @param raw its bytes as they came */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Call(List<String> words, byte[] raw) {

        String name() {
            return words.getFirst().toLowerCase(Locale.ROOT);
        }
    }

    private static final int LARGEST_ITEM = 1 << 20;
    private static final int MOST_ITEMS = 1 << 20;

    private final byte[] bytes;
    private int at;
    private final List<Call> calls = new ArrayList<>();
    private final End end;
    private final int tail;

    StreamModel(byte[] bytes) {
        this.bytes = bytes;
        End found = End.CLEAN;
        int start = 0;
        while (found == End.CLEAN && at < bytes.length) {
            start = at;
            found = bytes[at] == '*' ? array() : inline();
        }
        this.end = found;
        this.tail = found == End.CLEAN ? bytes.length : start;
    }

    List<Call> calls() {
        return calls;
    }

    End end() {
        return end;
    }

    /** What follows the last whole command. */
    byte[] tail() {
        return Arrays.copyOfRange(bytes, tail, bytes.length);
    }

    private End array() {
        int start = at;
        at++;
        @Nullable Long count = line();
        if (count == null) {
            return stop;
        }
        if (count > MOST_ITEMS) {
            return End.UNCLEAR;
        }
        List<String> words = new ArrayList<>();
        while (words.size() < count) {
            if (at >= bytes.length) {
                return End.PARTIAL;
            }
            if (bytes[at] != '$') {
                return unexpected();
            }
            at++;
            @Nullable Long length = line();
            if (length == null) {
                return stop;
            }
            if (length < 0) {
                return End.ERROR;
            }
            if (length > LARGEST_ITEM) {
                return End.UNCLEAR;
            }
            if (at + length + 2 > bytes.length) {
                return End.PARTIAL;
            }
            if (bytes[at + length.intValue()] != '\r' || bytes[at + length.intValue() + 1] != '\n') {
                return End.UNCLEAR;
            }
            words.add(new String(bytes, at, length.intValue(), StandardCharsets.ISO_8859_1));
            at += length.intValue() + 2;
        }
        if (!words.isEmpty()) {
            calls.add(new Call(words, Arrays.copyOfRange(bytes, start, at)));
        }
        return End.CLEAN;
    }

    private End stop = End.CLEAN;

    /** The number up to the next CR and the byte behind that; null when there is none, the reason in {@link #stop}. */
    private @Nullable Long line() {
        int cr = at;
        while (cr < bytes.length && bytes[cr] != '\r') {
            if (bytes[cr] == 0) {
                stop = End.UNCLEAR;
                return null;
            }
            cr++;
        }
        if (cr + 1 >= bytes.length) {
            stop = End.PARTIAL;
            return null;
        }
        if (bytes[cr + 1] != '\n') {
            stop = End.UNCLEAR;
            return null;
        }
        String text = new String(bytes, at, cr - at, StandardCharsets.ISO_8859_1);
        at = cr + 2;
        if (!text.matches("0|-?[1-9][0-9]{0,17}")) {
            stop = End.ERROR;
            return null;
        }
        return Long.parseLong(text);
    }

    /** Something else than a length: the engine looks at its first byte only when it has the whole line. */
    private End unexpected() {
        for (int i = at; i + 1 < bytes.length; i++) {
            if (bytes[i] == 0) {
                return End.UNCLEAR;
            }
            if (bytes[i] == '\r') {
                return End.ERROR;
            }
        }
        return End.UNCLEAR;
    }

    private End inline() {
        int start = at;
        int lf = at;
        while (lf < bytes.length && bytes[lf] != '\n') {
            if (bytes[lf] == 0) {
                return End.UNCLEAR;
            }
            lf++;
        }
        if (lf == bytes.length) {
            return End.PARTIAL;
        }
        int stopAt = lf > at && bytes[lf - 1] == '\r' ? lf - 1 : lf;
        List<String> words = split(at, stopAt);
        at = lf + 1;
        if (words == null) {
            return End.ERROR;
        }
        if (!words.isEmpty()) {
            calls.add(new Call(words, Arrays.copyOfRange(bytes, start, at)));
        }
        return End.CLEAN;
    }

    /** As {@code sdssplitargs}; null for unbalanced quotes. */
    private @Nullable List<String> split(int from, int to) {
        List<String> words = new ArrayList<>();
        int i = from;
        while (true) {
            while (i < to && blank(bytes[i])) {
                i++;
            }
            if (i >= to) {
                return words;
            }
            ByteArrayOutputStream word = new ByteArrayOutputStream();
            i = word(i, to, word);
            if (i < 0) {
                return null;
            }
            words.add(word.toString(StandardCharsets.ISO_8859_1));
        }
    }

    private int word(int from, int to, ByteArrayOutputStream word) {
        int i = from;
        while (i < to && " \n\r\t".indexOf(bytes[i]) < 0) {
            if (bytes[i] == '"' || bytes[i] == '\'') {
                i = quoted(i + 1, to, bytes[i], word);
                return i < 0 || (i < to && !blank(bytes[i])) ? -1 : i;
            }
            word.write(bytes[i++]);
        }
        return i;
    }

    private int quoted(int from, int to, byte quote, ByteArrayOutputStream word) {
        int i = from;
        while (i < to && bytes[i] != quote) {
            if (bytes[i] != '\\' || i + 1 >= to) {
                word.write(bytes[i++]);
            } else if (quote == '\'') {
                word.write(bytes[i + 1] == '\'' ? '\'' : '\\');
                i += bytes[i + 1] == '\'' ? 2 : 1;
            } else if (bytes[i + 1] == 'x' && i + 3 < to && hex(bytes[i + 2]) >= 0 && hex(bytes[i + 3]) >= 0) {
                word.write(hex(bytes[i + 2]) * 16 + hex(bytes[i + 3]));
                i += 4;
            } else {
                int escape = "nrtba".indexOf(bytes[i + 1]);
                word.write(escape < 0 ? bytes[i + 1] : "\n\r\t\b\u0007".charAt(escape));
                i += 2;
            }
        }
        return i < to ? i + 1 : -1;
    }

    private static int hex(byte b) {
        return Character.digit(b, 16);
    }

    /** {@code isspace} of C. */
    private static boolean blank(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }
}
