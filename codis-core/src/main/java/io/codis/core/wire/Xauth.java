package io.codis.core.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The path segment that guards the APIs of Codis 3.2: 32 hex digits. Not a secret for the dashboard: whoever knows the
 * product's name can compute it, and the pages of Codis do.
 */
public final class Xauth {

    private static final int BYTES = 16;

    private Xauth() {}

    /** For the dashboard's API. */
    public static String ofDashboard(String product) {
        return of(product);
    }

    /** For a proxy's API. */
    public static String ofProxy(String product, String productAuth, String token) {
        return of(product, productAuth, token);
    }

    private static String of(String... segments) {
        var text = new StringBuilder("Codis-XAuth");
        for (String segment : segments) {
            text.append("-[").append(segment).append(']');
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
