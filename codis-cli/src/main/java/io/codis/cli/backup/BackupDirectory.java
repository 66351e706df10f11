package io.codis.cli.backup;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.json.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** All backups of one product, and the right to make the next one. */
final class BackupDirectory implements AutoCloseable {

    /** In UTC; without colons, which not every file system takes. */
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss'Z'", Locale.ROOT);

    /** What is in a backup is all that is in the cluster. */
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final String UNFINISHED = ".unfinished";

    private final Path root;
    private final FileChannel lock;

    private BackupDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Of {@code to/product}, which is made if it is not there. Removes what an earlier one left unfinished.
     *
     * @throws CodisException {@link Reason#BUSY} while another process makes a backup there
     */
    static BackupDirectory open(Path to, String product) {
        Path root = to.resolve(product).toAbsolutePath().normalize();
        try {
            Files.createDirectories(root, OWNER_ONLY);
            var lock = FileChannel.open(root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(lock)) {
                lock.close();
                throw new CodisException(Reason.BUSY, "another backup is written to " + root);
            }
            var directory = new BackupDirectory(root, lock);
            directory.removeUnfinished();
            return directory;
        } catch (IOException e) {
            throw failed("cannot use " + root, e);
        }
    }

    private static boolean locked(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Where the files of the backup of this time go until {@link #finish}. */
    Path begin(Instant time) {
        Path unfinished = root.resolve(name(time) + UNFINISHED);
        try {
            return Files.createDirectory(unfinished, OWNER_ONLY);
        } catch (IOException e) {
            throw failed("cannot make " + unfinished, e);
        }
    }

    /** Writes the manifest and gives the backup its name; it is on disk afterwards. */
    Path finish(Path unfinished, byte[] manifest) {
        Path done = root.resolve(unfinished.getFileName().toString().replace(UNFINISHED, ""));
        try {
            Path file = unfinished.resolve(Manifest.FILE);
            Files.write(file, manifest, StandardOpenOption.CREATE_NEW);
            force(file);
            force(unfinished);
            Files.move(unfinished, done, StandardCopyOption.ATOMIC_MOVE);
            force(root);
            return done;
        } catch (IOException e) {
            throw failed("cannot finish " + done, e);
        }
    }

    /**
     * Removes backups of which there are more than {@code most}, and those older than {@code oldest}; never the newest, and
     * none of another cluster of that name, which may have its own in the same place.
     *
     * @param most 0 for any number
     * @param oldest zero for any age
     * @return the names of those removed
     */
    List<String> removeOld(int most, Duration oldest, Instant now, String cluster) {
        List<Path> all =
                backups().stream().filter(each -> mayBeOf(cluster, each)).toList();
        var removed = new ArrayList<String>();
        for (int i = 1; i < all.size(); i++) {
            Path each = all.get(i);
            boolean old = !oldest.isZero() && time(each).isBefore(now.minus(oldest));
            if (old || (most > 0 && i >= most)) {
                delete(each);
                removed.add(each.getFileName().toString());
            }
        }
        return removed;
    }

    private static boolean mayBeOf(String cluster, Path backup) {
        try {
            String of = Json.tree(Files.readAllBytes(backup.resolve(Manifest.FILE)))
                    .path("cluster")
                    .asText("");
            return of.isEmpty() || of.equals(cluster);
        } catch (IOException | CodisException e) {
            // whoever can read it removes it
            return false;
        }
    }

    /** The newest first. */
    List<Path> backups() {
        try (var entries = Files.list(root)) {
            return entries.filter(path -> !time(path).equals(Instant.MIN) && Files.exists(path.resolve(Manifest.FILE)))
                    .sorted(Comparator.comparing(BackupDirectory::time).reversed())
                    .toList();
        } catch (IOException e) {
            throw failed("cannot read " + root, e);
        }
    }

    private void removeUnfinished() throws IOException {
        try (var entries = Files.list(root)) {
            entries.filter(path -> path.getFileName().toString().endsWith(UNFINISHED))
                    .forEach(BackupDirectory::delete);
        }
    }

    private static String name(Instant time) {
        return NAME.format(time.atOffset(ZoneOffset.UTC));
    }

    /** By its name; {@link Instant#MIN} for what has not the name of a backup. */
    private static Instant time(Path backup) {
        try {
            return LocalDateTime.parse(backup.getFileName().toString(), NAME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return Instant.MIN;
        }
    }

    /** A backup has files only; the manifest goes first, so that what is left of one is none. */
    static void delete(Path backup) {
        try {
            Files.deleteIfExists(backup.resolve(Manifest.FILE));
            try (var files = Files.list(backup)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(backup);
        } catch (IOException e) {
            throw failed("cannot remove " + backup, e);
        }
    }

    private static void force(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static CodisException failed(String what, IOException e) {
        return new CodisException(Reason.UNAVAILABLE, what + ": " + e, e);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // the lock ends with the process at the latest
        }
    }
}
