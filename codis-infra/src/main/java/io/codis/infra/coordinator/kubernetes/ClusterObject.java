package io.codis.infra.coordinator.kubernetes;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.json.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The ConfigMap of one cluster as it was at one moment, and the merge patches that change it.
 *
 * <p>An annotation holds, for each key, a version and the digest of the content that it belongs to. The version is the
 * {@code resourceVersion} of the state that the change was made upon: only one change can be made upon it, and Kubernetes
 * never has it again, so neither has a key. Where the digest does not fit, somebody else has edited the key, and its version
 * is that of the whole object.
 *
 * <p>Text is kept under {@code data}, so that people can read it, and anything else under {@code binaryData}.
 */
final class ClusterObject {

    static final String PRODUCT = "codis.infra.cn/product";
    static final String LABEL = "app.kubernetes.io/managed-by";
    static final String LABEL_VALUE = "codis-coordinator";

    private static final String VERSIONS = "codis.infra.cn/versions";
    private static final Pattern DNS =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
    private static final int LONGEST = 200;
    private static final Pattern VERSION = Pattern.compile("(\\d{1,18}) ([0-9a-f]{32})");

    private final String resourceVersion;
    private final JsonNode object;
    private final Map<String, String> versions;

    private ClusterObject(JsonNode object) {
        this.object = object;
        this.resourceVersion = object.at("/metadata/resourceVersion").asText();
        this.versions = versions(annotation(VERSIONS));
    }

    /** What the API server answered. */
    static ClusterObject of(JsonNode answer) {
        return new ClusterObject(answer);
    }

    /** The name of the ConfigMap and of the Lease of {@code product}. */
    static String name(String product) {
        if (DNS.matcher(product).matches() && product.length() <= LONGEST) {
            return "codis-" + product;
        }
        String plain =
                product.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        String shortened = plain.substring(0, Math.min(plain.length(), LONGEST));
        // different products never meet, whatever their names have in common
        return "codis-" + shortened + "-"
                + digest(product.getBytes(StandardCharsets.UTF_8)).substring(0, 10);
    }

    /** A new object without keys. */
    static byte[] empty(String product) {
        return Json.write(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "ConfigMap",
                "metadata",
                Map.of(
                        "name", name(product),
                        "labels", Map.of(LABEL, LABEL_VALUE),
                        "annotations", Map.of(PRODUCT, product))));
    }

    /** Whether it is the product's, or empty and nobody's, as an administrator may have made it beforehand. */
    boolean mayBe(String product) {
        return product().equals(product) || product().isEmpty() && keys().isEmpty();
    }

    String product() {
        return annotation(PRODUCT);
    }

    String resourceVersion() {
        return resourceVersion;
    }

    /** The version that a change made upon this state gets. */
    long next() {
        try {
            return Long.parseLong(resourceVersion);
        } catch (NumberFormatException e) {
            throw new CodisException(
                    Reason.INTERNAL, "resourceVersion \"" + resourceVersion + "\" of a ConfigMap is no number", e);
        }
    }

    Set<String> keys() {
        var keys = new TreeSet<String>();
        object.path("data").fieldNames().forEachRemaining(keys::add);
        object.path("binaryData").fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    Optional<Coordinator.Node> node(String key) {
        return content(key).map(content -> new Coordinator.Node(content, version(key, content)));
    }

    /**
     * The change that sets the key of {@code path}, or removes it where {@code content} is null; it has no effect on any other state
     * than this.
     */
    byte[] patch(ClusterPath path, byte @Nullable [] content) {
        String key = path.key();
        var changed = new TreeMap<>(versions);
        for (String each : keys()) {
            byte[] present = content(each).orElseThrow();
            changed.put(each, version(each, present) + " " + digest(present));
        }
        changed.keySet().retainAll(keys());
        changed.remove(key);
        if (content != null) {
            changed.put(key, next() + " " + digest(content));
        }
        ObjectNode patch = Json.mapperInUse().createObjectNode();
        ObjectNode metadata = patch.putObject("metadata");
        metadata.put("resourceVersion", resourceVersion);
        metadata.putObject("labels").put(LABEL, LABEL_VALUE);
        metadata.putObject("annotations")
                .put(PRODUCT, path.product())
                .put(VERSIONS, new String(Json.write(changed), StandardCharsets.UTF_8));
        String text = content == null ? null : text(content);
        patch.putObject("data").put(key, text);
        patch.putObject("binaryData")
                .put(
                        key,
                        content == null || text != null
                                ? null
                                : Base64.getEncoder().encodeToString(content));
        return Json.write(patch);
    }

    private Optional<byte[]> content(String key) {
        JsonNode text = object.path("data").path(key);
        if (!text.isMissingNode()) {
            return Optional.of(text.asText().getBytes(StandardCharsets.UTF_8));
        }
        JsonNode binary = object.path("binaryData").path(key);
        return binary.isMissingNode()
                ? Optional.empty()
                : Optional.of(Base64.getDecoder().decode(binary.asText()));
    }

    private long version(String key, byte[] content) {
        var version = VERSION.matcher(versions.getOrDefault(key, ""));
        return version.matches() && version.group(2).equals(digest(content))
                ? Long.parseLong(version.group(1))
                : next();
    }

    private static Map<String, String> versions(String annotation) {
        try {
            return Json.read(annotation.getBytes(StandardCharsets.UTF_8), new TypeReference<>() {});
        } catch (CodisException e) {
            return Map.of(); // absent, or edited by hand: then nothing fits, and every version is a new one
        }
    }

    private String annotation(String name) {
        return object.path("metadata").path("annotations").path(name).asText("");
    }

    private static @Nullable String text(byte[] content) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String digest(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
