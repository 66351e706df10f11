package io.codis.infra.secret;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The one secret of a cluster, 32 random bytes, from which every other credential is derived.
 *
 * <p>The file holds 64 hex digits and may be read by its owner only. {@link #toString()} never shows it.
 */
public final class ClusterSecret {

    /** Names the file to every program. */
    public static final String VARIABLE = "CODIS_SECRET_FILE";

    private static final int BYTES = 32;
    private static final Pattern TEXT = Pattern.compile("[0-9a-fA-F]{64}");

    private final SecretKeySpec key;

    private ClusterSecret(byte[] secret) {
        key = new SecretKeySpec(secret, "HmacSHA256");
    }

    /** The secret of these 64 hex digits. */
    public static ClusterSecret of(String hex) {
        if (!TEXT.matcher(hex).matches()) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "cluster secret: not 64 hex digits");
        }
        return new ClusterSecret(HexFormat.of().parseHex(hex));
    }

    /** The secret in {@code file}; {@link Reason#NOT_FOUND} when there is none. */
    public static ClusterSecret load(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (!TEXT.matcher(text).matches()) {
                throw new CodisException(Reason.INVALID_ARGUMENT, "secret file " + file + ": not 64 hex digits");
            }
            return of(text);
        } catch (NoSuchFileException e) {
            throw new CodisException(Reason.NOT_FOUND, "secret file " + file + " does not exist", e);
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "secret file " + file + " cannot be read: " + e, e);
        }
    }

    /** The secret in {@code file}, made there first if absent; of several that make it at once one wins. */
    public static ClusterSecret loadOrCreate(Path file) {
        if (!Files.exists(file)) {
            create(file);
        }
        return load(file);
    }

    /** {@code hex(HMAC-SHA256(secret, label))}; docs/architecture.md lists the labels. */
    public String derive(String label) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(label.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new CodisException(Reason.INTERNAL, "HmacSHA256 is missing in this Java", e);
        }
    }

    @Override
    public String toString() {
        return "ClusterSecret";
    }

    /** A hard link appears whole or not at all, and never replaces a secret that somebody made meanwhile. */
    private static void create(Path file) {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        Path target = file.toAbsolutePath();
        Path temp = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            Files.createDirectories(target.resolveSibling(""));
            try (var out = FileChannel.open(temp, Set.of(CREATE_NEW, WRITE), ownerOnly)) {
                String text = HexFormat.of().formatHex(secret) + "\n";
                out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
                out.force(true);
            }
            link(temp, target);
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "secret file " + file + " cannot be created: " + e, e);
        }
    }

    private static void link(Path temp, Path target) throws IOException {
        try {
            Files.createLink(target, temp);
            try (var directory = FileChannel.open(target.resolveSibling(""))) {
                directory.force(true);
            }
        } catch (FileAlreadyExistsException e) {
            // somebody else was first, and theirs is the cluster's secret
        } finally {
            Files.deleteIfExists(temp);
        }
    }
}
