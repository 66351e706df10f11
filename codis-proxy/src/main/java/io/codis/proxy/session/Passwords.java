package io.codis.proxy.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** What clients must give, any one of them; so that a password can be changed while clients still use the former one. */
final class Passwords {

    private final List<byte[]> accepted;

    /** @param text one in a line */
    Passwords(String text) {
        List<String> lines = text.lines().filter(line -> !line.isEmpty()).toList();
        // nothing but line ends is a mistake, and must not let everybody in
        accepted = (lines.isEmpty() && !text.isEmpty() ? List.of(text) : lines)
                .stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();
    }

    boolean none() {
        return accepted.isEmpty();
    }

    /** Every comparison runs to its end: time must not tell how much was right. */
    boolean accept(byte[] given) {
        boolean right = false;
        for (byte[] password : accepted) {
            right |= MessageDigest.isEqual(given, password);
        }
        return right;
    }
}
