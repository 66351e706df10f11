package io.codis.server;

import io.codis.testkit.Engine;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Launchers of one cluster, each with its own volume. */
final class LauncherFixture implements AutoCloseable {

    private final Path directory;
    private final List<LauncherServer> servers = new ArrayList<>();

    LauncherFixture() {
        try {
            directory = Files.createTempDirectory("codis-server-test-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LauncherServer start(Engine engine, String... options) {
        return add(engine, options).start();
    }

    LauncherServer add(Engine engine, String... options) {
        var server = new LauncherServer(
                engine, directory.resolve("server-" + servers.size()), directory.resolve("secret"), options);
        servers.add(server);
        return server;
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() {
        servers.forEach(LauncherServer::close);
    }
}
