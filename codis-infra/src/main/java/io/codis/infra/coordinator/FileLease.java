package io.codis.infra.coordinator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A lease is a locked file; it is lost when that file is no longer the one at its path. */
final class FileLease implements Coordinator.Lease {

    private final Path file;
    private final FileLock lock;
    private final Object identity;
    private boolean held = true;

    FileLease(Path file, FileLock lock) throws IOException {
        this.file = file;
        this.lock = lock;
        this.identity = identityOf(file);
    }

    @Override
    public synchronized boolean held() {
        if (held) {
            try {
                held = identity.equals(identityOf(file));
            } catch (IOException e) {
                held = false;
            }
            if (!held) {
                lock.close();
            }
        }
        return held;
    }

    @Override
    public synchronized void close() {
        held = false;
        lock.close();
    }

    private static Object identityOf(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key;
    }
}
