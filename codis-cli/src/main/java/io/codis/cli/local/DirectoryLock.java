package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One supervisor per data directory; the kernel frees the lock with the process. */
final class DirectoryLock implements AutoCloseable {

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Whether another process holds it. */
    static boolean held(Path file) {
        if (Files.notExists(file)) {
            return false;
        }
        Optional<DirectoryLock> lock = tryAcquire(file);
        lock.ifPresent(DirectoryLock::close);
        return lock.isEmpty();
    }

    /** The lock, or empty if another process holds it. */
    static Optional<DirectoryLock> tryAcquire(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                @Nullable FileLock lock = channel.tryLock();
                if (lock != null) {
                    channel.truncate(0);
                    channel.write(ByteBuffer.wrap(
                            Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
                    return Optional.of(new DirectoryLock(channel));
                }
            } catch (OverlappingFileLockException ownProcess) {
                // Held by this very process.
            }
            channel.close();
            return Optional.empty();
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "cannot lock " + file + ": " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException alreadyClosed) {
            // The lock is gone either way.
        }
    }
}
