package io.codis.infra.coordinator.kubernetes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who of this pod held a lease before. The file has its name as long as the pod lives, and is locked as long as its process does:
 * who gets the lock knows that the holder which it finds there is dead. So a container that was started again does not wait
 * for the end of its own former lease.
 */
final class FormerHolder {

    private static final Logger LOG = LoggerFactory.getLogger(FormerHolder.class);

    private final Optional<Path> file;
    /** Open from the lock on: any other channel of this process would end the lock when it is closed. */
    private @Nullable FileChannel locked;

    private String dead = "";

    /** @param file that only containers of this pod have; empty for none, and nobody is known to be dead */
    FormerHolder(Optional<Path> file) {
        this.file = file;
    }

    synchronized boolean isDead(String holder) {
        lock();
        return !holder.isEmpty() && holder.equals(dead);
    }

    /** To be called before the lease is asked for under that name. */
    synchronized void replacedBy(String holder) {
        lock();
        if (locked != null) {
            try {
                locked.truncate(0).write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
            } catch (IOException e) {
                LOG.info("event=holder-not-noted file={} cause={}", file.orElseThrow(), e.getMessage());
            }
        }
    }

    private void lock() {
        if (locked != null || file.isEmpty()) {
            return;
        }
        try {
            var channel = FileChannel.open(
                    file.get(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                return;
            }
            var content = ByteBuffer.allocate((int) Math.min(channel.size(), 1 << 10));
            channel.read(content, 0);
            dead = new String(content.array(), 0, content.position(), StandardCharsets.UTF_8);
            locked = channel;
        } catch (IOException | OverlappingFileLockException e) {
            // then the lease ends in its own time
        }
    }
}
