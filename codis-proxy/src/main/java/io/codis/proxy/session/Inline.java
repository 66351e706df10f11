package io.codis.proxy.session;

import io.codis.proxy.engine.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A request typed as a line, rewritten as an array. Quoting as in Redis ({@code sdssplitargs} of {@code sds.c}). */
final class Inline {

    private final byte[] line;
    private final int end;
    private int at;

    private Inline(byte[] line, int from, int end) {
        this.line = line;
        this.at = from;
        this.end = end;
    }

    /** The same request as an array; empty when the line holds only blanks. */
    static byte[] toArray(byte[] bytes, int from, int length) throws ProtocolException {
        int end = from + length - 1;
        if (end > from && bytes[end - 1] == '\r') {
            end--;
        }
        Inline inline = new Inline(bytes, from, end);
        List<byte[]> words = new ArrayList<>();
        while (inline.skipBlanks()) {
            words.add(inline.word());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!words.isEmpty()) {
            out.writeBytes(Replies.ascii("*" + words.size() + "\r\n"));
            words.forEach(word -> Replies.bulk(out, word, 0, word.length));
        }
        return out.toByteArray();
    }

    private boolean skipBlanks() {
        while (at < end && isBlank(line[at])) {
            at++;
        }
        return at < end;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    /** Vertical tab and form feed lie between words, yet inside one they belong to it. Source: {@code sdssplitargs}. */
    private static boolean endsWord(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    private byte[] word() throws ProtocolException {
        ByteArrayOutputStream word = new ByteArrayOutputStream();
        while (at < end && !endsWord(line[at]) && line[at] != 0) {
            byte b = line[at++];
            if (b == '"') {
                quoted(word);
                break;
            } else if (b == '\'') {
                single(word);
                break;
            } else {
                word.write(b);
            }
        }
        if (at < end && line[at] == 0) {
            at = end;
        }
        return word.toByteArray();
    }

    private void quoted(ByteArrayOutputStream word) throws ProtocolException {
        while (at < end && line[at] != '"') {
            byte b = line[at++];
            if (b == '\\' && at < end) {
                escaped(word);
            } else {
                word.write(b);
            }
        }
        closeQuote();
    }

    private void escaped(ByteArrayOutputStream word) {
        byte b = line[at++];
        if (b == 'x' && at + 1 < end && hex(line[at]) >= 0 && hex(line[at + 1]) >= 0) {
            word.write(hex(line[at]) << 4 | hex(line[at + 1]));
            at += 2;
            return;
        }
        word.write(
                switch (b) {
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    case 'b' -> '\b';
                    case 'a' -> 7;
                    default -> b;
                });
    }

    private static int hex(byte b) {
        return Character.digit(b, 16);
    }

    private void single(ByteArrayOutputStream word) throws ProtocolException {
        while (at < end && line[at] != '\'') {
            if (line[at] == '\\' && at + 1 < end && line[at + 1] == '\'') {
                at++;
            }
            word.write(line[at++]);
        }
        closeQuote();
    }

    private void closeQuote() throws ProtocolException {
        if (at >= end || (at + 1 < end && !isBlank(line[at + 1]))) {
            throw new ProtocolException("unbalanced quotes in request");
        }
        at++;
    }
}
