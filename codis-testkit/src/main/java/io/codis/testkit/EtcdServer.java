package io.codis.testkit;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** A real etcd of one member, at the same port and with the same data after each start. */
public final class EtcdServer implements AutoCloseable {

    private final Path directory;
    private final int port = Ports.free();
    private final int peerPort = Ports.free();
    private ChildProcess process;

    private EtcdServer(Path directory) {
        this.directory = directory;
        this.process = run();
    }

    /** Skips the test where etcd is not installed; fails it with the property {@code engines.required}. */
    public static EtcdServer start(Path directory) {
        program();
        return new EtcdServer(directory);
    }

    /** On the PATH; where it is not, as {@link #start} does. */
    public static Path program() {
        Optional<Path> installed = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(":"))
                .map(each -> Path.of(each, "etcd"))
                .filter(Files::isExecutable)
                .findFirst();
        if (installed.isEmpty() && Boolean.getBoolean("engines.required")) {
            throw new IllegalStateException("no etcd on the PATH: apt-get install etcd-server");
        }
        Assumptions.assumeTrue(installed.isPresent(), "no etcd on the PATH");
        return installed.orElseThrow();
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

    /** The answer to a call of the JSON gateway, for what a test does behind the coordinator's back. */
    public String call(String method, String body) {
        var request = HttpRequest.newBuilder(URI.create("http://" + address() + "/v3/" + method))
                .timeout(Duration.ofSeconds(5))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Override
    public void close() {
        process.close();
    }

    private ChildProcess run() {
        String client = "http://" + address();
        String peer = "http://127.0.0.1:" + peerPort;
        var started = ChildProcess.start(
                "etcd",
                directory.resolve("etcd.log"),
                List.of(
                        "etcd",
                        "--data-dir=" + directory.resolve("etcd"),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=default=" + peer));
        Awaitility.await("etcd")
                .atMost(Duration.ofSeconds(60))
                .until(() -> call("kv/range", "{\"key\":\"L2E=\"}").matches("(?s).*(revision|user name is empty).*"));
        return started;
    }
}
