package io.codis.it.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.codis3.SlotRouting;
import io.codis.core.config.ProxyConfig;
import io.codis.proxy.ProxyServer;
import io.codis.proxy.session.NioDataPlane;
import io.codis.testkit.Engine;
import io.codis.testkit.Ports;
import io.codis.testkit.RedisServer;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPool;

/**
 * Lettuce, which asks for RESP3 first and goes back to RESP2 when that is refused, and a pool of Jedis: two groups, a
 * password, a proxy that is stopped and started.
 */
class ClientLibrariesIT {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final int port = Ports.free();
    private RedisServer one;
    private RedisServer two;
    private ProxyServer proxy;

    private void start(Engine engine) {
        one = RedisServer.start(engine, Map.of());
        two = RedisServer.start(engine, Map.of());
        startProxy();
    }

    private void startProxy() {
        var settings = ProxyConfig.defaults()
                .settings()
                .with(ProxyConfig.ADMIN_ADDR, "127.0.0.1:0")
                .with(ProxyConfig.PROXY_ADDR, "127.0.0.1:" + port)
                .with(ProxyConfig.SESSION_AUTH, "secret");
        proxy = ProxyServer.start(new ProxyConfig(settings), ProxyServer.Launch.DEFAULT, NioDataPlane::open);
        List<SlotRouting> slots = IntStream.range(0, 1024)
                .mapToObj(id -> new SlotRouting(
                        id, false, (id < 512 ? one : two).address(), id < 512 ? 1 : 2, null, 0, 0, null))
                .toList();
        proxy.plane().fillSlots(slots, LONG);
        proxy.plane().goOnline();
    }

    @AfterEach
    void stop() {
        proxy.close();
        one.close();
        two.close();
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void lettuceWorksAsItComes(Engine engine) {
        start(engine);
        RedisClient client = RedisClient.create(RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(port)
                .withPassword("secret".toCharArray())
                .withTimeout(LONG)
                .build());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            assertThat(redis.ping()).isEqualTo("PONG");
            List<RedisFuture<String>> sent = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                sent.add(connection.async().set("key:" + i, "v" + i));
            }
            assertThat(LettuceFutures.awaitAll(LONG, sent.toArray(RedisFuture[]::new)))
                    .isTrue();
            assertThat(redis.mget("key:1", "none", "key:999"))
                    .extracting(value -> value.getValueOrElse("-"))
                    .containsExactly("v1", "-", "v999");
            assertThat(keys(ScanIterator.scan(redis, ScanArgs.Builder.limit(100))))
                    .hasSize(1000);
            for (int i = 0; i < 1000; i++) {
                redis.hset("hash", "f" + i, "x");
            }
            assertThat(fields(ScanIterator.hscan(redis, "hash"))).hasSize(1000);

            proxy.close(LONG);
            await().atMost(LONG).until(() -> !connection.isOpen());
            startProxy();
            assertThat(redis.get("key:7")).as("after its own reconnect").isEqualTo("v7");
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    private static Set<String> keys(ScanIterator<String> scan) {
        Set<String> seen = new HashSet<>();
        scan.forEachRemaining(seen::add);
        return seen;
    }

    private static Set<String> fields(ScanIterator<KeyValue<String, String>> scan) {
        Set<String> seen = new HashSet<>();
        scan.forEachRemaining(field -> seen.add(field.getKey()));
        return seen;
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aPoolOfJedisWorksAsItComes(Engine engine) {
        start(engine);
        var config = DefaultJedisClientConfig.builder()
                .password("secret")
                .clientName("pool")
                .build();
        try (JedisPool pool = new JedisPool(new HostAndPort("127.0.0.1", port), config)) {
            pool.setTestOnBorrow(true);
            try (Jedis jedis = pool.getResource()) {
                assertThat(jedis.set("a", "1")).isEqualTo("OK");
                assertThat(jedis.clientGetname()).isEqualTo("pool");
            }
            proxy.close(LONG);
            startProxy();
            try (Jedis jedis = pool.getResource()) {
                assertThat(jedis.get("a")).isEqualTo("1");
            }
        }
    }
}
