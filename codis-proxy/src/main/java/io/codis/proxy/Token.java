package io.codis.proxy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The name under which a proxy is registered: 32 hex digits, opaque to everybody else. */
final class Token {

    private Token() {}

    /**
     * Of the product and the advertised addresses alone, so that a proxy that comes back on the same addresses is the same
     * proxy, whatever network interfaces its host has by then.
     */
    static String of(String product, String proxyAddress, String adminAddress) {
        return derive(List.of(), product, proxyAddress, adminAddress);
    }

    /** The derivation of Codis 3.2: MD5 of the hardware addresses and the segments. */
    static String derive(List<String> hardwareAddresses, String... segments) {
        var text = new StringBuilder("Codis-Token@[")
                .append(String.join(" ", hardwareAddresses.stream().sorted().toList()))
                .append(']');
        for (String segment : segments) {
            text.append("-{").append(segment).append('}');
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("MD5").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
