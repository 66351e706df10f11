package io.codis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.RouteTable.MoveRoute;
import io.codis.core.wire.RouteTable.SlotRoute;
import io.codis.proxy.route.RouteMap;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SCAN over groups: every key that is there all the time comes at least once. */
class ScanTest {

    private static RedisServer one;
    private static RedisServer two;

    @BeforeAll
    static void start() {
        one = RedisServer.start();
        two = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        one.close();
        two.close();
    }

    @BeforeEach
    void empty() {
        one.call("FLUSHALL");
        two.call("FLUSHALL");
    }

    private static Set<String> scan(RespConnection client, Runnable between, String... options) throws Exception {
        Set<String> seen = new HashSet<>();
        String cursor = "0";
        int calls = 0;
        do {
            List<String> call = new ArrayList<>(List.of("SCAN", cursor));
            call.addAll(List.of(options));
            Reply reply = client.call(call.toArray(String[]::new));
            List<Reply> parts = ((Reply.Many) reply).items();
            cursor = parts.get(0).text();
            assertThat(Long.parseLong(cursor)).isNotNegative();
            seen.addAll(parts.get(1).texts());
            between.run();
            assertThat(++calls).isLessThan(10000);
        } while (!cursor.equals("0"));
        return seen;
    }

    private static Set<String> fill(TestProxy proxy) throws Exception {
        Set<String> keys = new HashSet<>();
        try (RespConnection client = proxy.connect()) {
            for (int i = 0; i < 2000; i++) {
                client.send("SET", "k" + i, "v");
                keys.add("k" + i);
            }
            client.flush();
            for (int i = 0; i < 2000; i++) {
                client.read().text();
            }
        }
        return keys;
    }

    @Test
    void everyKeyOfEveryGroupComesOnce() throws Exception {
        try (TestProxy proxy = TestProxy.over(one.address(), two.address());
                RespConnection client = proxy.connect()) {
            Set<String> keys = fill(proxy);
            assertThat(scan(client, () -> {}, "COUNT", "100")).isEqualTo(keys);
            assertThat(scan(client, () -> {}, "COUNT", "500", "MATCH", "k7*"))
                    .allMatch(key -> key.startsWith("k7"))
                    .hasSize(111);
            assertThat(scan(client, () -> {}, "TYPE", "hash")).isEmpty();
            assertThat(client.call("SCAN", "0", "NOSUCH", "1")).isInstanceOf(Reply.Failure.class);
            assertThat(client.call("SCAN", "x")).isEqualTo(new Reply.Failure("ERR invalid cursor"));
        }
    }

    @Test
    void leftoversOfSlotsThatAGroupDoesNotOwnAreNotShown() throws Exception {
        try (TestProxy proxy = TestProxy.over(one.address(), two.address());
                RespConnection client = proxy.connect()) {
            Set<String> keys = fill(proxy);
            one.call("SET", "b", "slot 1017 belongs to group 2");
            assertThat(scan(client, () -> {})).isEqualTo(keys);
        }
    }

    @Test
    void noKeyIsMissedWhenSlotsChangeTheirOwnerMeanwhile() throws Exception {
        try (TestProxy proxy = TestProxy.over(one.address(), two.address());
                RespConnection client = proxy.connect()) {
            Set<String> keys = fill(proxy);
            int[] calls = {0};
            Runnable moveBack = () -> {
                if (++calls[0] == 15) {
                    // All of group 2 goes to group 1, which the scan has left already.
                    List<String> moving = two.call("KEYS", "*").texts();
                    for (String key : moving) {
                        two.call("MIGRATE", "127.0.0.1", Integer.toString(one.port()), key, "0", "1000");
                    }
                    proxy.install(
                            TestProxy.groups(one.address(), two.address()),
                            List.of(new SlotRoute(0, 1023, 1, 0, false)));
                }
            };
            assertThat(scan(client, moveBack, "COUNT", "100")).isEqualTo(keys);
            assertThat(calls[0]).isGreaterThan(20);
        }
    }

    @Test
    void aSlotsSourceComesBeforeItsTarget() {
        Credentials login = new Credentials("m", "m");
        var groups = TestProxy.groups("a:1", "a:2", "a:3");
        var chain = RouteMap.of(new RouteTable(
                1,
                1,
                null,
                groups,
                List.of(new SlotRoute(0, 9, 1, 3, false), new SlotRoute(10, 19, 2, 0, false)),
                List.of(new MoveRoute(3, 1, login))));
        assertThat(Scan.order(chain)).containsExactly(2, 3, 1);
        var circle = RouteMap.of(new RouteTable(
                1,
                1,
                null,
                groups,
                List.of(new SlotRoute(0, 9, 1, 3, false), new SlotRoute(10, 19, 3, 1, false)),
                List.of(new MoveRoute(3, 1, login), new MoveRoute(1, 3, login))));
        assertThat(Scan.order(circle)).containsExactly(2, 1, 3, 1, 3);
    }
}
