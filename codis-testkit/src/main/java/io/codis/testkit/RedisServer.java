package io.codis.testkit;

import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * A real engine with a port and a temporary directory of its own; both stay the same over {@link #kill} and
 * {@link #restart}. It answers when the constructor's factory returns.
 *
 * <pre>{@code
 * try (RedisServer server = RedisServer.start(Engines.redis7(), Map.of("appendonly", "yes"))) {
 *     server.call("SET", "k", "v");
 * }
 * }</pre>
 *
 * <p>Without further settings it keeps nothing on disk and listens on the loopback address.
 */
public final class RedisServer implements AutoCloseable {

    private static final Duration READY = Duration.ofSeconds(30);

    private final Engine engine;
    private final int port;
    private final Path directory;
    private final Map<String, String> settings;
    private ChildProcess process;

    private RedisServer(Engine engine, Map<String, String> settings) {
        this.engine = engine;
        this.port = Ports.free();
        this.directory = temporary();
        this.settings = defaults(settings);
        this.process = launch();
    }

    /** The engine of most tests, nothing kept on disk. */
    public static RedisServer start() {
        return start(Engines.redis7(), Map.of());
    }

    /** {@code settings} are lines of redis.conf, such as {@code appendonly -> yes}. */
    public static RedisServer start(Engine engine, Map<String, String> settings) {
        RedisServer server = new RedisServer(engine, settings);
        try {
            server.awaitReady();
            return server;
        } catch (RuntimeException | AssertionError e) {
            server.close();
            throw e;
        }
    }

    public Engine engine() {
        return engine;
    }

    public int port() {
        return port;
    }

    /** {@code 127.0.0.1:port}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Where it keeps its files and its log. */
    public Path directory() {
        return directory;
    }

    /** A new connection; each read of it waits at most ten seconds. */
    public RespConnection connect() {
        try {
            return RespConnection.open(address(), Duration.ofSeconds(10));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One command on a connection of its own. An error reply is returned, not thrown. */
    public Reply call(String... words) {
        try (RespConnection connection = connect()) {
            return connection.call(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A field of INFO, empty when there is none. */
    public String info(String field) {
        return call("INFO", "everything")
                .text()
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).trim())
                .findFirst()
                .orElse("");
    }

    /** Makes this a replica of {@code master} and waits until it is in sync. */
    public void replicate(RedisServer master) {
        call("REPLICAOF", "127.0.0.1", Integer.toString(master.port())).text();
        await("in sync with " + master.address())
                .until(() -> info("master_link_status").equals("up"));
    }

    /** SIGKILL. */
    public void kill() {
        process.kill();
    }

    /** SIGTERM: the engine saves as its settings say. */
    public void stop() {
        process.stop();
    }

    /** SIGSTOP. */
    public void freeze() {
        process.freeze();
    }

    /** SIGCONT. */
    public void thaw() {
        process.thaw();
    }

    /** Starts it again over the same files, killed or not, and waits until it answers. */
    public void restart() {
        process.close();
        process = launch();
        awaitReady();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process and removes its directory. */
    @Override
    public void close() {
        process.close();
        delete(directory);
    }

    private ChildProcess launch() {
        List<String> command = new ArrayList<>(List.of(engine.binary().toString()));
        settings.forEach((name, value) -> command.addAll(List.of("--" + name, value)));
        return ChildProcess.start(engine.name() + " " + address(), directory.resolve("log"), command);
    }

    /** Any answer but LOADING; with a password set that is NOAUTH. */
    private void awaitReady() {
        await("an answer").ignoreException(UncheckedIOException.class).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the engine ended\n" + process.logTail());
            }
            return !(call("PING") instanceof Reply.Failure(String text) && text.startsWith("LOADING"));
        });
    }

    private ConditionFactory await(String what) {
        return Awaitility.await(what + " of " + engine.name() + " " + address())
                .pollInterval(Duration.ofMillis(10))
                .pollDelay(Duration.ZERO)
                .atMost(READY);
    }

    private Map<String, String> defaults(Map<String, String> given) {
        Map<String, String> all = new TreeMap<>(Map.of(
                "bind", "127.0.0.1",
                "save", "",
                "appendonly", "no",
                "repl-diskless-sync-delay", "0"));
        all.putAll(given);
        all.putAll(Map.of("port", Integer.toString(port), "dir", directory.toString()));
        return all;
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("codis-engine-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
