package io.codis.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that no other test of this machine has, however many test JVMs run at once.
 *
 * <p>A port is held by a lock on one byte of a shared file until this JVM ends, so it stays free between two starts of
 * the same server. Its companion, the port + 10000 on which a launcher listens, belongs to it. All lie below the range
 * from which the kernel takes the ports of outgoing connections.
 */
public final class Ports {

    private static final int FIRST = 12000;
    private static final int COUNT = 10000;
    private static final int LAUNCHER = 10000;

    private static final BitSet TAKEN = new BitSet();
    private static final FileChannel LOCKS = openLocks();

    private Ports() {}

    /** A port between 12000 and 21999 which is free, as is the port 10000 above it. */
    public static synchronized int free() {
        int start = ThreadLocalRandom.current().nextInt(COUNT);
        for (int i = 0; i < COUNT; i++) {
            int port = FIRST + (start + i) % COUNT;
            if (!TAKEN.get(port) && lock(port)) {
                TAKEN.set(port);
                if (isFree(port) && isFree(port + LAUNCHER)) {
                    return port;
                }
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " to " + (FIRST + COUNT - 1));
    }

    private static boolean lock(int port) {
        try {
            return LOCKS.tryLock(port, 1, false) != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static FileChannel openLocks() {
        String name = "codis-test-ports-" + System.getProperty("user.name") + ".lock";
        Path file = Path.of(System.getProperty("java.io.tmpdir"), name);
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
