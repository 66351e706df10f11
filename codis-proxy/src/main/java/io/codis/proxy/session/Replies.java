package io.codis.proxy.session;

import io.codis.proxy.backend.Channel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Replies that the proxy makes itself, as bytes. */
final class Replies {

    static final byte[] OK = ascii("+OK\r\n");
    static final byte[] PONG = ascii("+PONG\r\n");
    private static final byte[] NIL = ascii("$-1\r\n");
    private static final byte[] NIL_3 = ascii("_\r\n");
    private static final byte[][] NOT_EXECUTED = {ascii("-READONLY"), ascii("-MASTERDOWN"), ascii("-LOADING")};

    private Replies() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** @param text with its prefix, such as {@code ERR}; line ends are made blanks */
    static byte[] error(String text) {
        return ("-" + text.replace('\r', ' ').replace('\n', ' ') + "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    static byte[] nil(Session to) {
        return Channel.isResp3(to.channel) ? NIL_3 : NIL;
    }

    static byte[] integer(long value) {
        return ascii(":" + value + "\r\n");
    }

    static byte[] bulk(String text) {
        return bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Text for people: RESP3 has a type for it. */
    static byte[] verbatim(Session to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Channel.isResp3(to.channel) ? ascii("=" + (bytes.length + 4) + "\r\ntxt:" + text + "\r\n") : bulk(bytes);
    }

    static byte[] bulk(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 16);
        bulk(out, bytes, 0, bytes.length);
        return out.toByteArray();
    }

    static void bulk(ByteArrayOutputStream out, byte[] bytes, int from, int length) {
        out.writeBytes(ascii("$" + length + "\r\n"));
        out.write(bytes, from, length);
        out.write('\r');
        out.write('\n');
    }

    /** A command of these words, for a server. */
    static byte[] command(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ascii("*" + words.length + "\r\n"));
        for (String word : words) {
            out.writeBytes(bulk(word));
        }
        return out.toByteArray();
    }

    /** Safety rule 17: such a top-level reply says that the command was turned away. */
    static boolean meansNotExecuted(byte[] line, int from, int size) {
        for (byte[] prefix : NOT_EXECUTED) {
            if (size > prefix.length && startsWith(line, from, prefix)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] line, int from, byte[] prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if (line[from + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
