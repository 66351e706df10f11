package io.codis.core.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A request as the parser leaves it: the bytes, and where each argument lies in them. */
record Call(byte[] buf, int[] at, int[] len, int args) {

    /** Words parted by single blanks; {@code ''} is the empty one. Some bytes lie before and behind them. */
    static Call of(String line) {
        String[] words = line.split(" ", -1);
        int[] at = new int[words.length + 3];
        int[] len = new int[words.length + 3];
        StringBuilder text = new StringBuilder("*1\r\n");
        for (int i = 0; i < words.length; i++) {
            String word = words[i].equals("''") ? "" : words[i];
            at[i] = text.length();
            len[i] = word.length();
            text.append(word).append("\r\n");
        }
        return new Call(
                text.append("store streams").toString().getBytes(StandardCharsets.ISO_8859_1), at, len, words.length);
    }

    Command command() {
        Command found = CommandTable.known().find(buf, at[0], len[0]);
        if (found == null) {
            throw new AssertionError("not in the table: " + word(0));
        }
        return found.resolve(buf, at, len, args);
    }

    String refusal() {
        String text = command().refusal(buf, at, len, args);
        return text == null ? "" : text;
    }

    int keyCount() {
        return command().keyCount(buf, at, len, args);
    }

    List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < keyCount(); i++) {
            keys.add(word(command().keyAt(i, buf, at, len, args)));
        }
        return keys;
    }

    String word(int i) {
        return new String(buf, at[i], len[i], StandardCharsets.ISO_8859_1);
    }
}
