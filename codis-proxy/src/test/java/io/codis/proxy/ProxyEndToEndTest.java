package io.codis.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.codis3.SlotRouting;
import io.codis.core.config.ProxyConfig;
import io.codis.core.topology.ProxyModel;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteConfirmation;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.RouteTable.GroupRoute;
import io.codis.core.wire.RouteTable.SlotRoute;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import io.codis.proxy.session.NioDataPlane;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.RespConnection;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.resps.ScanResult;

/** A whole proxy between a real client and two real engines, told its routes as the dashboard tells them. */
final class ProxyEndToEndTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Credentials LOGIN = new Credentials("proxy-1-2", "a-password");

    private final ApiClient client = ApiClient.create(Duration.ofSeconds(30));
    private RedisServer one;
    private RedisServer two;
    private ProxyServer proxy;

    @BeforeEach
    void start() {
        one = RedisServer.start();
        two = RedisServer.start();
        for (RedisServer server : List.of(one, two)) {
            server.call("ACL", "SETUSER", LOGIN.user(), "on", ">" + LOGIN.password(), "~*", "&*", "+@all");
            server.call("ACL", "SETUSER", "default", "resetpass", ">not-for-proxies");
        }
        var settings = ProxyConfig.defaults()
                .settings()
                .with(ProxyConfig.ADMIN_ADDR, "127.0.0.1:0")
                .with(ProxyConfig.PROXY_ADDR, "127.0.0.1:0");
        proxy = ProxyServer.start(new ProxyConfig(settings), ProxyServer.Launch.DEFAULT, NioDataPlane::open);
    }

    @AfterEach
    void stop() {
        client.close();
        proxy.close();
        one.close();
        two.close();
    }

    @Test
    void untilItIsOnlineClientsAreRefused() throws IOException {
        String address = "127.0.0.1:" + proxy.plane().address().getPort();
        assertThatThrownBy(() -> RespConnection.open(address, LONG)).isInstanceOf(ConnectException.class);

        goOnline();
        try (RespConnection connection = RespConnection.open(address, LONG)) {
            assertThat(connection.call("SET", "a", "1").text()).isEqualTo("OK");
        }
    }

    /** Else a barrier would evict it, and what its clients wait for would be lost. */
    @Test
    void aProxyThatStopsStillTakesRoutesForTheRequestsThatItOwes() throws IOException {
        goOnline();
        push(3, true);
        String address = "127.0.0.1:" + proxy.plane().address().getPort();
        try (RespConnection redis = RespConnection.open(address, LONG)) {
            redis.send("SET", "a", "1");
            redis.flush();
            await().atMost(LONG).until(() -> proxy.plane().stats(false).ops().total() > 0);

            String stats = url("stats");
            String start = url("start");
            client.put(url("shutdown"));
            assertThat(client.get(stats, ProxyStats.class).closed()).isTrue();
            assertThatThrownBy(() -> client.put(start)).hasMessageContaining("use of closed proxy");
            push(4, false);

            assertThat(redis.read().text()).isEqualTo("OK");
            assertThatThrownBy(redis::read).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aClientLibraryMaySpeakRESP3() {
        goOnline();
        var config =
                DefaultJedisClientConfig.builder().resp3().timeoutMillis(20_000).build();
        try (Jedis jedis =
                new Jedis(new HostAndPort("127.0.0.1", proxy.plane().address().getPort()), config)) {
            jedis.hset("h", Map.of("a", "1", "b", "2"));
            assertThat(jedis.hgetAll("h")).isEqualTo(Map.of("a", "1", "b", "2"));
            jedis.zadd("z", 1.5, "m");
            assertThat(jedis.zscore("z", "m")).isEqualTo(1.5);
            assertThat(jedis.mset("k1", "1", "k2", "2", "k3", "3")).isEqualTo("OK");
            assertThat(jedis.mget("k1", "nokey", "k3")).containsExactly("1", null, "3");
            assertThat(jedis.get("nokey")).isNull();
            assertThat(jedis.smembers("nokey")).isEmpty();
            assertThat(jedis.info()).contains("redis_version");
        }
    }

    @Test
    void aClientLibrarySeesOneRedisOverTwoGroups() {
        goOnline();
        try (Jedis jedis = jedis()) {
            String[] keys = IntStream.range(0, 200).mapToObj(i -> "key-" + i).toArray(String[]::new);
            for (String key : keys) {
                jedis.set(key, "value of " + key);
            }
            assertThat(jedis.mget(keys))
                    .hasSize(200)
                    .allSatisfy(value -> assertThat(value).startsWith("value of"));
            assertThat(jedis.exists(keys)).isEqualTo(200);
            assertThat(jedis.dbSize()).isEqualTo(200);
            assertThat(scan(jedis)).containsExactlyInAnyOrder(keys);
            assertThat(jedis.del(keys)).isEqualTo(200);
            assertThat(jedis.dbSize()).isZero();
        }
    }

    @Test
    void everyCoreTypeWorksAndKeysOfTwoSlotsDoNotMix() {
        goOnline();
        try (Jedis jedis = jedis()) {
            jedis.hset("h", Map.of("a", "1", "b", "2"));
            jedis.rpush("l", "x", "y");
            jedis.zadd("z", 1.5, "m");
            jedis.sadd("{t}s1", "p", "q");
            jedis.sadd("{t}s2", "q");
            jedis.xadd("x", XAddParams.xAddParams(), Map.of("f", "v"));

            assertThat(jedis.hgetAll("h")).containsOnly(Map.entry("a", "1"), Map.entry("b", "2"));
            assertThat(jedis.lrange("l", 0, -1)).containsExactly("x", "y");
            assertThat(jedis.zscore("z", "m")).isEqualTo(1.5);
            assertThat(jedis.sinter("{t}s1", "{t}s2")).containsExactly("q");
            assertThat(jedis.xlen("x")).isOne();
            assertThat(jedis.eval("return redis.call('get', KEYS[1])", List.of("none"), List.of()))
                    .isNull();
            assertThatThrownBy(() -> jedis.sinter("a", "b", "c", "d"))
                    .isInstanceOf(JedisDataException.class)
                    .hasMessageContaining("slot");
            assertThatThrownBy(() -> jedis.keys("*")).hasMessageContaining("use SCAN");
        }
    }

    @Test
    void repliesOfAPipelineComeInOrder() {
        goOnline();
        try (Jedis jedis = jedis();
                Pipeline pipeline = jedis.pipelined()) {
            List<Response<Long>> counts = IntStream.range(0, 1000)
                    .mapToObj(i -> pipeline.incrBy("counter-" + i % 10, i))
                    .toList();
            pipeline.sync();
            for (int i = 0; i < 1000; i++) {
                long rounds = i / 10 + 1;
                long expected = rounds * (i % 10) + 10 * rounds * (rounds - 1) / 2;
                assertThat(counts.get(i).get()).as("INCRBY %d", i).isEqualTo(expected);
            }
        }
    }

    @Test
    void readinessAndStatsTellWhatTheDashboardNeeds() {
        goOnline();
        try (Jedis jedis = jedis()) {
            jedis.set("k", "v");
            ProxyStats stats = client.get(url("stats") + "/1", ProxyStats.class);

            assertThat(stats.ready()).isTrue();
            assertThat(stats.route()).isEqualTo(new ProxyStats.RouteVersion(1, 2));
            assertThat(stats.sessions().alive()).isOne();
            assertThat(stats.backends())
                    .extracting(ProxyStats.BackendHealth::addr)
                    .containsExactlyInAnyOrder(one.address(), two.address());
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            client.get(url("stats"), ProxyStats.class).ops().total() > 0);
        }
        two.kill();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> client.get(url("stats"), ProxyStats.class).backends().stream()
                        .anyMatch(backend ->
                                backend.addr().equals(two.address()) && !backend.up() && backend.downMs() > 0));
    }

    @Test
    void aProxyWhoseUserIsDeletedSeesThatItsLoginIsRefused() {
        goOnline();
        try (Jedis jedis = jedis()) {
            jedis.set("k", "v");
        }
        call(one, "ACL", "DELUSER", LOGIN.user());

        await().atMost(Duration.ofSeconds(30))
                .until(() -> client.get(url("stats"), ProxyStats.class).backends().stream()
                        .anyMatch(backend -> backend.addr().equals(one.address()) && backend.loginRefused()));
    }

    @Test
    void theSlotsOfCodisWorkWithoutALogin() {
        for (RedisServer server : List.of(one, two)) {
            call(server, "ACL", "SETUSER", "default", "nopass");
        }
        client.putJson(
                url("fillslots"),
                IntStream.range(0, 1024)
                        .mapToObj(id -> new SlotRouting(
                                id, false, (id < 512 ? one : two).address(), id < 512 ? 1 : 2, null, 0, 0, null))
                        .toList());
        client.put(url("start"));
        try (Jedis jedis = jedis()) {
            jedis.set("a", "1");
            assertThat(jedis.get("a")).isEqualTo("1");
        }
    }

    private void goOnline() {
        push(2, false);
        client.put(url("start"));
    }

    private void push(long version, boolean locked) {
        RouteTable table = new RouteTable(
                1,
                version,
                LOGIN,
                List.of(
                        new GroupRoute(1, one.address(), List.of(), List.of()),
                        new GroupRoute(2, two.address(), List.of(), List.of())),
                List.of(new SlotRoute(0, 511, 1, 0, locked), new SlotRoute(512, 1023, 2, 0, locked)),
                List.of());
        assertThat(client.putJson(url("route"), table, RouteConfirmation.class))
                .isEqualTo(new RouteConfirmation(1, version));
    }

    private static Set<String> scan(Jedis jedis) {
        Set<String> seen = new HashSet<>();
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            ScanResult<String> part = jedis.scan(cursor, new ScanParams().count(17));
            seen.addAll(part.getResult());
            cursor = part.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        return seen;
    }

    /** As the user that the test keeps for itself. */
    private static void call(RedisServer server, String... words) {
        try (Jedis jedis = new Jedis("127.0.0.1", server.port())) {
            jedis.auth("not-for-proxies");
            jedis.sendCommand(
                    () -> words[0].getBytes(StandardCharsets.US_ASCII), Arrays.copyOfRange(words, 1, words.length));
        }
    }

    private Jedis jedis() {
        return new Jedis("127.0.0.1", proxy.plane().address().getPort(), 20_000);
    }

    private String url(String what) {
        String base = "http://127.0.0.1:" + proxy.adminAddress().getPort() + "/api/proxy/";
        String token = client.get(base + "model", ProxyModel.class).token();
        return base + what + "/" + Xauth.ofProxy("codis-demo", "", token);
    }
}
