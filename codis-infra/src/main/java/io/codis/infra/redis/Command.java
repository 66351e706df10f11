package io.codis.infra.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** One command for an engine: its name and arguments as bytes. {@link #toString()} shows the name only. */
public final class Command {

    private final byte[][] words;

    private Command(byte[][] words) {
        this.words = words;
    }

    /** Words are {@code String} (UTF-8), {@code byte[]}, whole numbers, or a collection of these, which is spread out. */
    public static Command of(Object... words) {
        var bytes = new ArrayList<byte[]>(words.length);
        for (Object word : words) {
            append(bytes, word);
        }
        if (bytes.isEmpty()) {
            throw new IllegalArgumentException("a command needs a name");
        }
        return new Command(bytes.toArray(byte[][]::new));
    }

    /** The words as they are; for commands that are sent by the hundred thousand. */
    public static Command ofBytes(byte[]... words) {
        if (words.length == 0) {
            throw new IllegalArgumentException("a command needs a name");
        }
        return new Command(words);
    }

    /** The first word. */
    public String name() {
        return new String(words[0], StandardCharsets.UTF_8);
    }

    int arguments() {
        return words.length - 1;
    }

    byte[] word(int index) {
        return words[index];
    }

    private static void append(List<byte[]> into, Object word) {
        switch (word) {
            case byte[] raw -> into.add(raw);
            case String text -> into.add(text.getBytes(StandardCharsets.UTF_8));
            case Long number -> into.add(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
            case Integer number -> into.add(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
            case Collection<?> several -> several.forEach(each -> append(into, each));
            default -> throw new IllegalArgumentException("not a word of a command: " + word.getClass());
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
