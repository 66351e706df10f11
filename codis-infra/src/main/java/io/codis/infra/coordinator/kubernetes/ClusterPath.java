package io.codis.infra.coordinator.kubernetes;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A path {@code /codis3/PRODUCT/...} as a product and a key of its object.
 *
 * @param key the names behind the product, joined by dots; empty for the product itself. What a key of a ConfigMap may not
 *     contain, and the dot, is written as {@code _} and two hexadecimal digits
 */
record ClusterPath(String product, String key) {

    private static final String ROOT = "/codis3";

    static ClusterPath of(String path) {
        Coordinator.checkPath(path);
        if (!path.startsWith(ROOT + "/")) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "coordinator path \"" + path + "\": on Kubernetes all is below " + ROOT + "/PRODUCT");
        }
        String[] names = path.substring(ROOT.length() + 1).split("/", -1);
        var key = new StringBuilder();
        for (int i = 1; i < names.length; i++) {
            key.append(i == 1 ? "" : ".").append(encode(names[i]));
        }
        return new ClusterPath(names[0], key.toString());
    }

    static boolean isRoot(String path) {
        return path.equals(ROOT);
    }

    /** The name directly below this path of an object with the key {@code other}; empty if it is not below. */
    String childOf(String other) {
        String prefix = key.isEmpty() ? "" : key + ".";
        if (!other.startsWith(prefix) || other.equals(key)) {
            return "";
        }
        String rest = other.substring(prefix.length());
        int dot = rest.indexOf('.');
        return decode(dot < 0 ? rest : rest.substring(0, dot));
    }

    private static String encode(String name) {
        var out = new StringBuilder();
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = each >= '0' && each <= '9'
                    || each >= 'a' && each <= 'z'
                    || each >= 'A' && each <= 'Z'
                    || each == '-';
            if (plain) {
                out.append((char) each);
            } else {
                out.append('_').append("%02x".formatted(each));
            }
        }
        return out.toString();
    }

    private static String decode(String name) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '_' && i + 2 < name.length()) {
                out.write(Integer.parseInt(name, i + 1, i + 3, 16));
                i += 2;
            } else {
                out.write(name.charAt(i));
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
