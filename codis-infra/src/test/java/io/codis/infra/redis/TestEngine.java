package io.codis.infra.redis;

import io.codis.core.wire.Credentials;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A real redis-server on a port of its own, with nothing on disk. */
final class TestEngine implements AutoCloseable {

    final String address;
    private final Process process;
    private final Path directory;

    private TestEngine(String address, Process process, Path directory) {
        this.address = address;
        this.process = process;
        this.directory = directory;
    }

    static TestEngine start(String... options) throws IOException {
        int port = freePort();
        Path directory = Files.createTempDirectory("engine");
        var command = new ArrayList<String>(List.of(
                System.getenv().getOrDefault("REDIS_SERVER", "redis-server"),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                ""));
        command.addAll(List.of("--repl-diskless-sync-delay", "0", "--dir", directory.toString()));
        command.addAll(List.of(options));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        var engine = new TestEngine("127.0.0.1:" + port, process, directory);
        Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            try (var connection = engine.connect()) {
                return connection.tryCall("PING") != null;
            }
        });
        return engine;
    }

    RedisConnection connect() {
        return RedisConnection.connect(address, Duration.ofSeconds(10), null);
    }

    RedisConnection connect(Credentials login) {
        return RedisConnection.connect(address, Duration.ofSeconds(10), login);
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    int port() {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (var files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
