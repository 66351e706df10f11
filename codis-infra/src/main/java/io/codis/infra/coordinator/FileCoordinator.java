package io.codis.infra.coordinator;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator in a directory of this machine, in the layout of Codis 3.2, so that its tools read and write it too.
 *
 * <p>{@code data/codis3/...} holds plain objects, {@code temp/} files being written, {@code data.lck} the lock that
 * every operation takes. Ours beside it: {@code versions/} and {@code leases/}. See {@link VersionedFiles} for why a
 * kill between any two steps does no harm.
 */
public final class FileCoordinator implements Coordinator {

    private static final Logger LOG = LoggerFactory.getLogger(FileCoordinator.class);
    private static final Duration LOCK_WAIT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(20);

    private final Path root;
    private final VersionedFiles files;
    /** Threads of this process queue here, so that only one of them polls the lock file. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final List<FileLease> leases = new ArrayList<>();
    private volatile boolean closed;

    private final Duration lockWait;

    private FileCoordinator(Path root, Duration lockWait) {
        this.root = root;
        this.lockWait = lockWait;
        this.files = new VersionedFiles(root);
    }

    /** A client of the store in {@code root}, which is made if absent. */
    public static FileCoordinator open(Path root) {
        return open(root, LOCK_WAIT);
    }

    /** As {@link #open(Path)}; an operation waits for the store's lock at most {@code lockWait}. */
    static FileCoordinator open(Path root, Duration lockWait) {
        var coordinator = new FileCoordinator(root.toAbsolutePath().normalize(), lockWait);
        try {
            for (String directory : List.of("data/codis3", "temp", "versions", "leases")) {
                Files.createDirectories(coordinator.root.resolve(directory));
            }
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "coordinator " + root + " cannot be created: " + e, e);
        }
        coordinator.locked("/", () -> {
            coordinator.files.removeLeftovers();
            return true;
        });
        return coordinator;
    }

    @Override
    public long create(String path, byte[] data) {
        return checked(path, () -> {
            if (files.read(path).isPresent()) {
                throw new CodisException(Reason.ALREADY_EXISTS, path + " exists");
            }
            return files.write(path, data);
        });
    }

    @Override
    public Optional<Node> read(String path) {
        return checked(path, () -> files.read(path));
    }

    @Override
    public long update(String path, byte[] data, long expectedVersion) {
        return checked(path, () -> {
            Node now =
                    files.read(path).orElseThrow(() -> new CodisException(Reason.NOT_FOUND, path + " does not exist"));
            checkVersion(path, expectedVersion, now.version());
            return files.write(path, data);
        });
    }

    @Override
    public void put(String path, byte[] data) {
        checked(path, () -> {
            files.put(path, data);
            return true;
        });
    }

    @Override
    public boolean delete(String path, long expectedVersion) {
        return checked(path, () -> {
            Optional<Node> now = files.read(path);
            if (now.isPresent()) {
                checkVersion(path, expectedVersion, now.get().version());
                files.delete(path);
            }
            return now.isPresent();
        });
    }

    @Override
    public List<String> children(String path) {
        return checked(path, () -> {
            try (Stream<Path> entries = Files.list(files.data(path))) {
                return entries.map(entry -> entry.getFileName().toString())
                        .sorted()
                        .toList();
            } catch (NoSuchFileException | NotDirectoryException e) {
                return List.of();
            }
        });
    }

    @Override
    public boolean awaitChange(String path, long knownVersion, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            Object seen = files.identity(path);
            if (read(path).map(Node::version).orElse(0L) != knownVersion) {
                return true;
            }
            while (seen.equals(files.identity(path))) {
                if (closed || System.nanoTime() - end >= 0 || !pause(POLL)) {
                    return false;
                }
            }
        }
    }

    @Override
    public Optional<Lease> tryLead(String name) {
        return checked(name, () -> {
            Path file = root.resolve("leases").resolve(name.substring(1));
            Files.createDirectories(file.resolveSibling(""));
            Optional<FileLock> lock = FileLock.tryLock(file);
            if (lock.isEmpty()) {
                return Optional.empty();
            }
            var lease = new FileLease(file, lock.get());
            leases.add(lease);
            return Optional.of(lease);
        });
    }

    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            leases.forEach(FileLease::close);
        } finally {
            turn.unlock();
        }
    }

    private static void checkVersion(String path, long expected, long actual) {
        if (expected != ANY_VERSION && expected != actual) {
            throw new CodisException(
                    Reason.STALE_VERSION, path + " has version " + actual + ", expected was " + expected);
        }
    }

    private interface Action<T> {
        T run() throws IOException;
    }

    private <T> T checked(String path, Action<T> action) {
        Coordinator.checkPath(path);
        return locked(path, action);
    }

    private <T> T locked(String path, Action<T> action) {
        long end = System.nanoTime() + lockWait.toNanos();
        if (!tryTurn()) {
            throw held(path);
        }
        try {
            if (closed) {
                throw new CodisException(Reason.UNAVAILABLE, path + ": this client of the coordinator is closed");
            }
            Path lockFile = root.resolve("data.lck");
            try (FileLock _ = await(path, lockFile, end)) {
                sign(lockFile, holder());
                T result = action.run();
                sign(lockFile, "");
                return result;
            }
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "coordinator " + root + ", " + path + ": " + e, e);
        } finally {
            turn.unlock();
        }
    }

    private FileLock await(String path, Path lockFile, long end) throws IOException {
        // a holder usually needs a few milliseconds
        for (Duration wait = Duration.ofMillis(1); ; wait = wait.compareTo(POLL) < 0 ? wait.multipliedBy(2) : wait) {
            Optional<FileLock> lock = FileLock.tryLock(lockFile);
            if (lock.isPresent()) {
                return lock.get();
            }
            if (System.nanoTime() - end >= 0 || !pause(wait)) {
                throw held(path);
            }
        }
    }

    private boolean tryTurn() {
        try {
            return turn.tryLock(lockWait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private CodisException held(String path) {
        return new CodisException(
                Reason.TIMED_OUT, "coordinator " + root + ", " + path + ": data.lck is held by another process");
    }

    private static boolean pause(Duration length) {
        try {
            Thread.sleep(length);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** For people who look; what counts is the lock, and a change that is done must not fail because of this. */
    private static void sign(Path lockFile, String text) {
        try {
            Files.writeString(lockFile, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            LOG.warn("cannot write lock file={}", lockFile, e);
        }
    }

    private static String holder() {
        return "{\"now\":\"" + Instant.now() + "\",\"pid\":"
                + ProcessHandle.current().pid() + "}";
    }
}
