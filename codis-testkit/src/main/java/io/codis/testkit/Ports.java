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
    public static int free() {
        return block(1);
    }

    /** The first of {@code count} such ports in a row. */
    public static synchronized int block(int count) {
        int start = ThreadLocalRandom.current().nextInt(COUNT);
        int row = 0;
        for (int i = 0; i < COUNT; i++) {
            int port = FIRST + (start + i) % COUNT;
            row = port == FIRST ? 0 : row;
            row = take(port) ? row + 1 : 0;
            if (row == count) {
                return port - count + 1;
            }
        }
        throw new IllegalStateException("no free ports from " + FIRST + " to " + (FIRST + COUNT - 1));
    }

    private static boolean take(int port) {
        if (TAKEN.get(port) || !lock(port)) {
            return false;
        }
        TAKEN.set(port);
        return isFree(port) && isFree(port + LAUNCHER);
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
