package io.codis.cli.local;

import io.codis.cli.yaml.ClusterFile;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Everything that a local cluster has on disk, below one directory that only its owner may enter. */
public record DataDirectory(Path root) {

    /** What {@link #purge} removes; anything else in the directory is not ours. */
    private static final List<String> OURS = List.of(
            "cache",
            "conf",
            "control.json",
            "coordinator",
            "layout.json",
            "lock",
            "logs",
            "run",
            "secret",
            "servers",
            "spec.yaml");

    public DataDirectory {
        root = root.toAbsolutePath().normalize();
    }

    /** Where a cluster is kept that was given no other place. */
    public static DataDirectory standard() {
        String named = System.getenv().getOrDefault("CODIS_DATA", "");
        return new DataDirectory(named.isEmpty() ? Path.of(home(), ".codis") : Path.of(named));
    }

    /** As the shell has it; Java's own is the one of the password file. */
    private static String home() {
        String home = System.getenv().getOrDefault("HOME", "");
        return home.isEmpty() ? System.getProperty("user.home") : home;
    }

    /** A command as it is typed for this directory, such as {@code codis status}. */
    public String codis(String command) {
        String place = root.toString();
        String quoted = place.matches("[\\w./+-]*") ? place : "'" + place.replace("'", "'\\''") + "'";
        return "codis " + command + (equals(standard()) ? "" : " --data " + quoted);
    }

    public Path spec() {
        return root.resolve("spec.yaml");
    }

    /** The cluster's secret. */
    public Path secret() {
        return root.resolve("secret");
    }

    /** Where the supervisor's control API listens and its token. */
    public Path control() {
        return root.resolve("control.json");
    }

    /** Which server has which port. */
    public Path layout() {
        return root.resolve("layout.json");
    }

    public Path lock() {
        return root.resolve("lock");
    }

    /** Root of the coordinator. */
    public Path coordinator() {
        return root.resolve("coordinator");
    }

    public Path server(String name) {
        return root.resolve("servers").resolve(name);
    }

    /** Those that there are. */
    List<Path> servers() {
        Path servers = root.resolve("servers");
        if (!Files.isDirectory(servers)) {
            return List.of();
        }
        try (Stream<Path> there = Files.list(servers)) {
            return there.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path logs() {
        return root.resolve("logs");
    }

    public Path log(String name) {
        return logs().resolve(name + ".log");
    }

    public Path run() {
        return root.resolve("run");
    }

    public Path conf(String file) {
        return root.resolve("conf").resolve(file);
    }

    /** What can be made again. */
    public Path cache() {
        return root.resolve("cache");
    }

    /** Makes the directories; nobody else may read them, as the specification holds a password. */
    public void create() {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        try {
            Files.createDirectories(root, ownerOnly);
            for (Path path : List.of(root.resolve("servers"), logs(), run(), root.resolve("conf"), cache())) {
                Files.createDirectories(path, ownerOnly);
            }
        } catch (IOException e) {
            throw new CodisException(
                    Reason.UNAVAILABLE,
                    "data directory " + root + " cannot be used: " + e + "; choose one with --data",
                    e);
        }
    }

    /** The specification that the cluster was last asked to have. */
    public Optional<CodisClusterSpec> storedSpec() {
        return read(spec()).map(ClusterFile::require);
    }

    public void store(CodisClusterSpec spec) {
        write(spec(), ClusterFile.text(spec));
    }

    /** The text of a file, if there is one. */
    public Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException e) {
            if (Files.exists(root) && !Files.isDirectory(root)) {
                throw new CodisException(
                        Reason.INVALID_ARGUMENT, "--data " + root + " is not a directory; choose another", e);
            }
            throw new CodisException(Reason.UNAVAILABLE, "cannot read " + file + ": " + e, e);
        }
    }

    /** Replaces a file in one go; its owner alone may read it. */
    public void write(Path file, String text) {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path temp = file.resolveSibling("." + file.getFileName() + ".new");
        try {
            Files.deleteIfExists(temp);
            Files.createFile(temp, ownerOnly);
            Files.writeString(temp, text, StandardCharsets.UTF_8, StandardOpenOption.DSYNC, StandardOpenOption.WRITE);
            Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "cannot write " + file + ": " + e, e);
        }
    }

    /**
     * Removes all that belongs to the cluster, and the directory itself if nothing else is in it.
     *
     * @throws CodisException when it is not known to be a cluster's: the names of what is in one are anybody's
     */
    public void purge() {
        requireCluster();
        for (String name : OURS) {
            delete(root.resolve(name));
        }
        try (var rest = Files.list(root)) {
            if (rest.findAny().isEmpty()) {
                Files.delete(root);
            }
        } catch (NoSuchFileException gone) {
            // Nothing was there.
        } catch (IOException e) {
            throw new CodisException(
                    Reason.UNAVAILABLE, "the data is removed, and the directory " + root + " itself stays: " + e, e);
        }
    }

    /** That a cluster was kept here, or nothing, or one that ended before it had data. */
    public void requireCluster() {
        boolean kept =
                read(spec()).filter(text -> text.contains("CodisCluster")).isPresent();
        if (!kept && OURS.stream().map(root::resolve).anyMatch(DataDirectory::holdsFiles)) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    root + " is not the data directory of a cluster, it has no spec.yaml of one; nothing was removed: "
                            + "--data names the directory that codis up was given");
        }
    }

    private static boolean holdsFiles(Path path) {
        try (var files = Files.walk(path)) {
            return files.anyMatch(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
                    && !file.getFileName().toString().equals("lock"));
        } catch (NoSuchFileException absent) {
            return false;
        } catch (IOException | UncheckedIOException e) {
            return true;
        }
    }

    /** Removes a file or a directory with all in it. Symbolic links are removed, not followed. */
    static void delete(Path path) {
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path directory, @org.jspecify.annotations.Nullable IOException e) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException gone) {
            // Nothing was there.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + path, e);
        }
    }
}
