package io.codis.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.codis3.SlotRouting;
import io.codis.core.codis3.Topom;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Response;
import io.codis.infra.json.Json;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Ports;
import io.codis.testkit.RedisServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** The program itself, as a process with flags and signals. */
final class ProxyProcessIT {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private int port;
    private int adminPort;

    @BeforeEach
    void configure() throws IOException {
        port = Ports.free();
        adminPort = Ports.free();
        Files.writeString(directory.resolve("proxy.toml"), """
                product_name = "demo"
                proxy_addr = "127.0.0.1:%d"
                admin_addr = "127.0.0.1:%d"
                """.formatted(port, adminPort));
    }

    @Test
    void itServesFixedSlotsUntilASignalAndThenEndsWithSuccess() throws Exception {
        try (RedisServer redis = RedisServer.start();
                ChildProcess proxy = start(
                        "--fillslots",
                        slotsOf(redis).toString(),
                        "--pidfile",
                        pidfile().toString())) {
            awaitServing();
            assertThat(Files.readString(pidfile())).isEqualTo(proxy.pid() + "\n");

            assertThat(proxy.stop()).isZero();
            assertThat(pidfile()).doesNotExist();
            assertThat(redis.call("GET", "a").text()).isEqualTo("1");
        }
    }

    @Test
    void aStopAnswersWhatHasBeenSent() throws Exception {
        try (RedisServer redis = RedisServer.start();
                ChildProcess proxy = start("--fillslots", slotsOf(redis).toString(), "--drain", "20s");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            awaitServing();
            redis.call("CLIENT", "PAUSE", "60000", "WRITE");
            Future<String> answer = threads.submit(() -> {
                try (Jedis jedis = new Jedis("127.0.0.1", port, 20_000)) {
                    return jedis.set("k", "v");
                }
            });
            await().atMost(LONG).until(() -> redis.call("CLIENT", "LIST").text().contains("flags=b"));

            ChildProcess.signal(proxy.pid(), "TERM");
            await().atMost(LONG).until(() -> proxy.logTail().contains("event=closing"));
            redis.call("CLIENT", "UNPAUSE");

            assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("OK");
            assertThat(proxy.awaitEnd(LONG)).isZero();
        }
    }

    @Test
    void itJoinsADashboardThatComesLater() throws Exception {
        List<String> registered = new CopyOnWriteArrayList<>();
        int dashboardPort = Ports.free();
        try (ChildProcess proxy =
                start("--dash", "127.0.0.1:" + dashboardPort, "--host-admin", "localhost:" + adminPort)) {
            await().atMost(LONG).until(() -> proxy.logTail().contains("event=join-failed"));
            HttpApi dashboard = HttpApi.builder()
                    .get("/api/topom/model", _ -> Response.json(new Topom("t", "now", "a:1", "demo", 1, "/", "Linux")))
                    .put("/api/topom/proxy/online/{xauth}/{addr}", request -> {
                        registered.add(request.param("addr"));
                        return Response.ok();
                    })
                    .start(new InetSocketAddress("127.0.0.1", dashboardPort));
            await().atMost(LONG).until(() -> registered.contains("localhost:" + adminPort));
            dashboard.close();
            assertThat(proxy.stop()).isZero();
        }
    }

    @Test
    void aTakenPortEndsItWithAReason() throws Exception {
        try (HttpApi _ = HttpApi.builder().start(new InetSocketAddress("127.0.0.1", adminPort));
                ChildProcess proxy = start()) {
            assertThat(proxy.awaitEnd(LONG)).isEqualTo(1);
            assertThat(proxy.logTail()).contains("codis-proxy: cannot listen on 127.0.0.1:" + adminPort);
        }
    }

    private void awaitServing() {
        await().atMost(LONG).ignoreExceptionsInstanceOf(JedisException.class).until(() -> {
            try (Jedis jedis = new Jedis("127.0.0.1", port)) {
                return jedis.set("a", "1").equals("OK");
            }
        });
    }

    private ChildProcess start(String... flags) {
        List<String> all = new ArrayList<>(
                List.of("--config", directory.resolve("proxy.toml").toString()));
        all.addAll(List.of(flags));
        return ChildProcess.java("codis-proxy", directory.resolve("log"), ProxyMain.class, all);
    }

    private Path pidfile() {
        return directory.resolve("pid");
    }

    private Path slotsOf(RedisServer redis) throws IOException {
        List<SlotRouting> slots = IntStream.range(0, 1024)
                .mapToObj(id -> new SlotRouting(id, false, redis.address(), 1, null, 0, 0, null))
                .toList();
        return Files.write(directory.resolve("slots.json"), Json.write(slots));
    }
}
