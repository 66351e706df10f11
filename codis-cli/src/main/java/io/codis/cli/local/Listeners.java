package io.codis.cli.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Who listens on this machine. */
final class Listeners {

    private static final String LISTENING = "0A";

    private Listeners() {}

    /** Whether a process of ours could listen there. */
    static boolean free(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(Layout.HOST), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /**
     * Who holds a port.
     *
     * @param name such as {@code redis-server}
     * @param cluster whose process it is
     */
    record Owner(String pid, String name, Optional<DataDirectory> cluster) {}

    /** Empty if the owner cannot be seen, as with other users' processes. */
    static Optional<Owner> owner(int port) {
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            Optional<Owner> owner = inode(Path.of(table), port).flatMap(Listeners::holder);
            if (owner.isPresent()) {
                return owner;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> inode(Path table, int port) {
        try {
            String wanted = String.format(":%04X", port);
            return Files.readAllLines(table).stream()
                    .skip(1)
                    .map(line -> line.strip().split("\\s+"))
                    .filter(columns -> columns[1].endsWith(wanted) && columns[3].equals(LISTENING))
                    .map(columns -> columns[9])
                    .findFirst();
        } catch (IOException noProc) {
            return Optional.empty();
        }
    }

    private static Optional<Owner> holder(String inode) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, "socket:[" + inode + "]")) {
                    String name = Files.readString(process.resolve("comm")).strip();
                    return Optional.of(new Owner(process.getFileName().toString(), name, cluster(process)));
                }
            }
        } catch (IOException gone) {
            // The process ended meanwhile.
        }
        return Optional.empty();
    }

    /** The one to whose logs it writes: a {@link Spawner} gives every child its log, and a launcher its own to the engine. */
    private static Optional<DataDirectory> cluster(Path process) throws IOException {
        Path log = Files.readSymbolicLink(process.resolve("fd/1"));
        return Optional.ofNullable(log.getParent())
                .map(Path::getParent)
                .map(DataDirectory::new)
                .filter(data -> log.startsWith(data.logs()) && Files.exists(data.spec()));
    }

    private static boolean holds(Path process, String socket) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (Files.readSymbolicLink(file).toString().equals(socket)) {
                    return true;
                }
            }
        } catch (IOException otherUser) {
            // Not ours to see, or gone.
        }
        return false;
    }
}
