package io.codis.proxy.move;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A command for a server, built word by word. */
final class Words {

    private final ByteArrayOutputStream words = new ByteArrayOutputStream();
    private int count;

    static byte[] of(String... words) {
        return new Words().add(words).bytes();
    }

    Words add(String... texts) {
        for (String text : texts) {
            add(text.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    Words add(byte[] word) {
        words.writeBytes(("$" + word.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        words.writeBytes(word);
        words.write('\r');
        words.write('\n');
        count++;
        return this;
    }

    Words addAll(List<byte[]> all) {
        all.forEach(this::add);
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream command = new ByteArrayOutputStream(words.size() + 16);
        command.writeBytes(("*" + count + "\r\n").getBytes(StandardCharsets.US_ASCII));
        command.writeBytes(words.toByteArray());
        return command.toByteArray();
    }
}
