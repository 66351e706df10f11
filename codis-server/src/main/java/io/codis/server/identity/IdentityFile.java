package io.codis.server.identity;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * The identity on its volume. A change is on disk, whole, when {@link #update} returns, and never seen before that; a
 * crash at any moment leaves the old or the new one.
 */
public final class IdentityFile {

    private static final String NAME = "identity.json";

    private final Path file;
    private final Path directory;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Identity current;

    private IdentityFile(Path directory, Identity current) {
        this.directory = directory;
        this.file = directory.resolve(NAME);
        this.current = current;
    }

    /**
     * The identity of this volume, a fresh one if it has none.
     *
     * @throws CodisException {@link Reason#FOREIGN_SERVER} when the volume belongs to another cluster or address
     */
    public static IdentityFile open(Path directory, String clusterKey, String member) {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return new IdentityFile(directory, Identity.fresh(clusterKey, member));
        }
        Identity found = read(file);
        if (!found.clusterKey().equals(clusterKey)) {
            throw new CodisException(
                    Reason.FOREIGN_SERVER,
                    file + ": this volume belongs to a cluster with another secret (cluster \"" + found.clusterId()
                            + "\", group " + found.group() + "); use that cluster's secret, or another --dir");
        }
        if (!found.member().equals(member)) {
            throw new CodisException(
                    Reason.FOREIGN_SERVER,
                    file + ": this volume belongs to server " + found.member() + " and not to " + member
                            + "; start it under that address, or use another --dir");
        }
        return new IdentityFile(directory, found);
    }

    /** As it is on disk. Never waits. */
    public Identity current() {
        return current;
    }

    /** Stores what {@code change} makes of the current identity, and returns it. Equal results are not written. */
    public Identity update(UnaryOperator<Identity> change) {
        lock.lock();
        try {
            Identity next = change.apply(current);
            if (!next.equals(current)) {
                write(next);
                current = next;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private static Identity read(Path file) {
        try {
            return Json.read(Files.readAllBytes(file), Identity.class);
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, file + ": cannot be read: " + e, e);
        } catch (CodisException e) {
            throw new CodisException(e.reason(), file + ": " + e.getMessage(), e);
        }
    }

    private void write(Identity identity) {
        Path temp = directory.resolve("." + NAME + ".tmp");
        byte[] text = (Json.pretty(identity) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            try (var out = FileChannel.open(temp, CREATE, WRITE, TRUNCATE_EXISTING)) {
                var buffer = ByteBuffer.wrap(text);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                out.force(true);
            }
            Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (var entries = FileChannel.open(directory, READ)) {
                entries.force(true);
            }
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, file + ": cannot be written: " + e, e);
        }
    }
}
