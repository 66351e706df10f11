package io.codis.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.server.ZooKeeperServerMain;
import org.awaitility.Awaitility;

/** A real ZooKeeper in a process of its own, at the same port and with the same data after each start. */
public final class ZooKeeperServer implements AutoCloseable {

    private final Path directory;
    private final int port = Ports.free();
    private ChildProcess process;

    private ZooKeeperServer(Path directory) {
        this.directory = directory;
        this.process = run();
    }

    public static ZooKeeperServer start(Path directory) {
        return new ZooKeeperServer(directory);
    }

    public int port() {
        return port;
    }

    /** {@code HOST:PORT}, as a coordinator's address. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** SIGKILL. */
    public void kill() {
        process.kill();
    }

    /** Starts it again, and waits until it answers. */
    public void restart() {
        process.close();
        process = run();
    }

    @Override
    public void close() {
        process.close();
    }

    private ChildProcess run() {
        try {
            Path settings = directory.resolve("zoo.cfg");
            Files.writeString(settings, """
                    dataDir=%s
                    clientPort=%d
                    clientPortAddress=127.0.0.1
                    tickTime=2000
                    admin.enableServer=false
                    4lw.commands.whitelist=srvr
                    """.formatted(directory.resolve("zookeeper"), port));
            var started = ChildProcess.java(
                    "zookeeper",
                    directory.resolve("zookeeper.log"),
                    ZooKeeperServerMain.class,
                    List.of(settings.toString()));
            Awaitility.await("ZooKeeper")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> says("srvr").contains("Mode:"));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String says(String word) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(2000);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }
}
