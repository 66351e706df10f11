package io.codis.proxy.acknowledge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A command for a server, built word by word. */
public final class Words {

    private final ByteArrayOutputStream words = new ByteArrayOutputStream();
    private int count;

    public static byte[] of(String... words) {
        return new Words().add(words).bytes();
    }

    public Words add(String... texts) {
        for (String text : texts) {
            add(text.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    public Words add(byte[] word) {
        words.writeBytes(("$" + word.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        words.writeBytes(word);
        words.write('\r');
        words.write('\n');
        count++;
        return this;
    }

    public Words addAll(List<byte[]> all) {
        all.forEach(this::add);
        return this;
    }

    public byte[] bytes() {
        ByteArrayOutputStream command = new ByteArrayOutputStream(words.size() + 16);
        command.writeBytes(("*" + count + "\r\n").getBytes(StandardCharsets.US_ASCII));
        command.writeBytes(words.toByteArray());
        return command.toByteArray();
    }
}
