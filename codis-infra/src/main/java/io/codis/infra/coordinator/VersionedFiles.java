package io.codis.infra.coordinator;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files with versions, used by one holder of the store's lock at a time.
 *
 * <p>The object itself is a plain file that other tools know. Its version stands in a side file together with the
 * digest of the content it belongs to. Where the two do not fit, the object was changed by a foreign tool, or a writer
 * was killed between the two; whoever finds that gives the content that is there a new version. So a compare-and-set
 * against any earlier version fails, whatever was cut off where, and the side file needs no fsync: after a power cut
 * nobody remembers a version.
 */
final class VersionedFiles {

    private final Path data;
    private final Path temp;
    private final Path versions;

    VersionedFiles(Path root) {
        data = root.resolve("data");
        temp = root.resolve("temp");
        versions = root.resolve("versions");
    }

    Path data(String path) {
        return data.resolve(path.substring(1));
    }

    Optional<Node> read(String path) throws IOException {
        byte[] content;
        Path file = data(path);
        if (Files.isDirectory(file)) {
            return Optional.empty();
        }
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        String digest = digest(content);
        Side side = side(path);
        if (side == null || !side.digest.equals(digest)) {
            side = new Side(nextVersion(side), digest);
            write(path, side);
        }
        return Optional.of(new Node(content, side.version));
    }

    /** Replaces or creates; survives a power cut once this returns. */
    long write(String path, byte[] content) throws IOException {
        Path target = target(path, true);
        var side = new Side(nextVersion(side(path)), digest(content));
        Path written = temp.resolve(UUID.randomUUID().toString());
        try (var out = FileChannel.open(written, CREATE_NEW, WRITE)) {
            var buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            out.force(true);
        }
        // the version first: content without its version would be found as a foreign edit, which costs a conflict
        write(path, side);
        Files.move(written, target, ATOMIC_MOVE);
        forceAfterChange(path, target.resolveSibling(""));
        return side.version;
    }

    /** Replaces or creates as a foreign tool does: whoever reads it next gives it a version. */
    void put(String path, byte[] content) throws IOException {
        Path target = target(path, false);
        Path written = temp.resolve(UUID.randomUUID().toString());
        Files.write(written, content);
        Files.move(written, target, ATOMIC_MOVE);
    }

    private Path target(String path, boolean durable) throws IOException {
        Path target = data(path);
        if (Files.isDirectory(target)) {
            throw new CodisException(Reason.ALREADY_EXISTS, path + " has objects below it and cannot be one");
        }
        createParents(target, durable);
        return target;
    }

    void delete(String path) throws IOException {
        Path file = data(path);
        // stays, so that an object of this name gets a higher version when it comes back
        write(path, new Side(nextVersion(side(path)), "deleted"));
        Files.deleteIfExists(file);
        forceAfterChange(path, file.resolveSibling(""));
    }

    /** Something that differs once the object has been changed; it needs no lock. */
    Object identity(String path) {
        try {
            var attributes = Files.readAttributes(data(path), BasicFileAttributes.class);
            record Identity(@Nullable Object key, Object modified, long size) {}
            return new Identity(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
        } catch (IOException e) {
            return "absent";
        }
    }

    /** Under the lock nobody writes, so whatever is in {@code temp} belongs to the dead. */
    void removeLeftovers() throws IOException {
        try (Stream<Path> leftovers = Files.list(temp)) {
            for (Path leftover : leftovers.toList()) {
                if (Files.isRegularFile(leftover)) {
                    Files.deleteIfExists(leftover);
                }
            }
        }
    }

    private record Side(long version, String digest) {}

    private @Nullable Side side(String path) throws IOException {
        try {
            String[] words = Files.readString(versions.resolve(path.substring(1) + ".v"), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", -1);
            return words.length == 2 ? new Side(Long.parseLong(words[0]), words[1]) : null;
        } catch (NoSuchFileException | NumberFormatException | MalformedInputException e) {
            return null; // never written by us, or torn by a power cut
        }
    }

    private void write(String path, Side side) throws IOException {
        Path target = versions.resolve(path.substring(1) + ".v");
        Files.createDirectories(target.resolveSibling(""));
        Path written = temp.resolve(UUID.randomUUID().toString());
        Files.writeString(written, side.version + " " + side.digest + "\n", StandardCharsets.US_ASCII);
        Files.move(written, target, ATOMIC_MOVE);
    }

    /** Microseconds of the clock: above all earlier ones even where no earlier one is known. */
    private static long nextVersion(@Nullable Side last) {
        Instant now = Instant.now();
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        return Math.max(micros, last == null ? 1 : last.version + 1);
    }

    private static void createParents(Path target, boolean durable) throws IOException {
        var missing = new ArrayDeque<Path>();
        for (Path each = target.resolveSibling(""); !Files.isDirectory(each); each = each.resolveSibling("")) {
            missing.push(each);
        }
        for (Path each : missing) {
            Files.createDirectories(each);
            if (durable) {
                force(each.resolveSibling(""));
            }
        }
    }

    /** The change is visible already; whether it lasts is not known when this fails. */
    private static void forceAfterChange(String path, Path directory) {
        try {
            force(directory);
        } catch (IOException e) {
            throw new CodisException(Reason.OUTCOME_UNKNOWN, path + ": changed, but fsync failed: " + e, e);
        }
    }

    private static void force(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
