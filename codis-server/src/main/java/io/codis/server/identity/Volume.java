package io.codis.server.identity;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory of a server's data, held by one launcher at a time. */
public final class Volume implements AutoCloseable {

    private static final String LOCK = "launcher.lock";
    private static final String ASIDE = "damaged-";
    private static final Set<String> OURS = Set.of("identity.json", ".identity.json.tmp", LOCK, "lost+found");

    private final Path directory;
    private final FileChannel lockFile;
    private final boolean hadFiles;

    private Volume(Path directory, FileChannel lockFile, boolean hadFiles) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.hadFiles = hadFiles;
    }

    /** Makes the directory if need be; {@link Reason#BUSY} while another launcher holds it. */
    public static Volume open(Path directory) {
        try {
            Files.createDirectories(directory);
            var lockFile = FileChannel.open(directory.resolve(LOCK), CREATE, WRITE);
            if (tryLock(lockFile) == null) {
                lockFile.close();
                throw new CodisException(Reason.BUSY, directory + ": another codis-server runs on this volume");
            }
            return new Volume(directory, lockFile, !dataFiles(directory).isEmpty());
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, directory + ": cannot be used: " + e, e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** Data files of an engine were here when the launcher started; whether there are keys in them is not known. */
    public boolean hadFiles() {
        return hadFiles;
    }

    /** All data that the engine has written is on the disk, whatever the engine itself has done for it. */
    public void sync() {
        try {
            for (Path each : dataFiles(directory)) {
                try (Stream<Path> tree = Files.walk(each)) {
                    for (Path file : tree.toList()) {
                        force(file);
                    }
                }
            }
            force(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void force(Path path) throws IOException {
        try (var file = FileChannel.open(path, READ)) {
            file.force(true);
        }
    }

    /**
     * Moves all files of the engine to a directory of their own beside, where no engine reads them; what was set aside
     * before is removed. Only while no engine runs.
     *
     * @return where they are
     */
    public Path setAside() {
        try {
            removeSetAside();
            Path aside = directory.resolve(ASIDE
                    + Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace(":", ""));
            Files.createDirectory(aside);
            for (Path each : dataFiles(directory)) {
                Files.move(each, aside.resolve(each.getFileName()));
            }
            force(directory);
            return aside;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeSetAside() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path each : entries.filter(
                            path -> path.getFileName().toString().startsWith(ASIDE))
                    .toList()) {
                delete(each);
            }
        }
    }

    /** Removes all files of the engine. Only while no engine runs. */
    public void wipe() {
        try {
            for (Path each : dataFiles(directory)) {
                delete(each);
            }
            removeSetAside();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            // the lock ends with the process at the latest
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Snapshots and append-only files, whatever names the settings give them; logs do not end in these. */
    private static List<Path> dataFiles(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(each -> !OURS.contains(each.getFileName().toString()))
                    .filter(Volume::isData)
                    .toList();
        }
    }

    private static boolean isData(Path path) {
        String name = path.getFileName().toString();
        return name.endsWith(".rdb") || name.endsWith(".aof") || (Files.isDirectory(path) && name.startsWith("append"));
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
