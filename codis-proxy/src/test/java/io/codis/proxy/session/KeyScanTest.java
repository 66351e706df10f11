package io.codis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable.MoveRoute;
import io.codis.core.wire.RouteTable.SlotRoute;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** HSCAN, SSCAN and ZSCAN: every element that is there all the time comes at least once, wherever its key goes. */
class KeyScanTest {

    private static final int ELEMENTS = 3000;

    private static Stream<Arguments> enginesAndCommands() {
        return Engines.all()
                .flatMap(engine -> Stream.of("HSCAN", "SSCAN", "ZSCAN").map(command -> Arguments.of(engine, command)));
    }

    @ParameterizedTest
    @MethodSource("enginesAndCommands")
    void noElementIsMissedWhenTheKeyMovesMeanwhile(Engine engine, String command) throws Exception {
        try (RedisServer one = RedisServer.start(engine, Map.of());
                RedisServer two = RedisServer.start(engine, Map.of());
                TestProxy proxy = TestProxy.over(one.address());
                RespConnection client = proxy.connect()) {
            Set<String> elements = fill(client, command);
            Scan scan = new Scan(client, command);
            for (int i = 0; i < 10; i++) {
                scan.step();
            }
            assertThat(scan.seen).isNotEmpty().hasSizeLessThan(ELEMENTS);
            one.call("MIGRATE", "127.0.0.1", Integer.toString(two.port()), "k", "0", "5000")
                    .text();
            proxy.install(TestProxy.groups(one.address(), two.address()), List.of(new SlotRoute(0, 1023, 2, 0, false)));

            scan.finish();
            assertThat(scan.seen).isEqualTo(elements);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void whileASlotMigratesTheScanFollowsItsKey(Engine engine) throws Exception {
        try (RedisServer one = RedisServer.start(engine, Map.of());
                RedisServer two = RedisServer.start(engine, Map.of());
                TestProxy proxy = TestProxy.over(one.address());
                RespConnection client = proxy.connect()) {
            Set<String> elements = fill(client, "HSCAN");
            two.call("ACL", "SETUSER", "mig", "on", ">mig", "~*", "+@all").text();
            Scan scan = new Scan(client, "HSCAN");
            scan.step();
            proxy.install(
                    null,
                    TestProxy.groups(one.address(), two.address()),
                    List.of(new SlotRoute(0, 1023, 2, 1, false)),
                    List.of(new MoveRoute(1, 2, new Credentials("mig", "mig"))));
            String before = scan.cursor;
            scan.step();
            assertThat(scan.cursor).as("still at the source, it goes on").isNotEqualTo(before);
            assertThat(one.call("EXISTS", "k").number()).isOne();

            assertThat(client.call("HSET", "k", "moved", "1").number()).isOne();
            assertThat(one.call("EXISTS", "k").number()).isZero();
            scan.finish();
            assertThat(scan.seen).containsAll(elements);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void withoutAMoveEachElementComesOnceAndWrongCallsAreTheEnginesToRefuse(Engine engine) throws Exception {
        try (RedisServer one = RedisServer.start(engine, Map.of());
                TestProxy proxy = TestProxy.over(one.address());
                RespConnection client = proxy.connect()) {
            Set<String> elements = fill(client, "SSCAN");
            Scan scan = new Scan(client, "SSCAN");
            scan.finish();
            assertThat(scan.seen).isEqualTo(elements);
            assertThat(scan.met).isEqualTo(ELEMENTS);

            for (List<String> call : List.of(
                    List.of("HSCAN", "k", "0"),
                    List.of("HSCAN", "none", "0"),
                    List.of("SSCAN", "k", "x"),
                    List.of("SSCAN", "k", "0", "COUNT", "0"),
                    List.of("SSCAN", "k", "0", "MATCH", "e1", "COUNT", "10000"))) {
                assertThat(client.call(call.toArray(String[]::new)).toString())
                        .as("%s", call)
                        .isEqualTo(one.call(call.toArray(String[]::new)).toString());
            }
        }
    }

    private static Set<String> fill(RespConnection client, String command) throws Exception {
        Set<String> elements = new HashSet<>();
        for (int i = 0; i < ELEMENTS; i++) {
            String element = "e" + i;
            elements.add(element);
            switch (command) {
                case "HSCAN" -> client.send("HSET", "k", element, "v");
                case "SSCAN" -> client.send("SADD", "k", element);
                default -> client.send("ZADD", "k", "1", element);
            }
        }
        client.flush();
        for (int i = 0; i < ELEMENTS; i++) {
            client.read().number();
        }
        return elements;
    }

    private static final class Scan {
        private final RespConnection client;
        private final String command;
        private final Set<String> seen = new HashSet<>();
        private String cursor = "0";
        private int met;

        Scan(RespConnection client, String command) {
            this.client = client;
            this.command = command;
        }

        void step() throws Exception {
            List<Reply> reply = ((Reply.Many) client.call(command, "k", cursor, "COUNT", "50")).items();
            cursor = reply.get(0).text();
            assertThat(Long.parseUnsignedLong(cursor)).isNotNegative();
            List<String> found = new ArrayList<>(reply.get(1).texts());
            for (int i = 0; i < found.size(); i += command.equals("SSCAN") ? 1 : 2) {
                seen.add(found.get(i));
                met++;
            }
        }

        void finish() throws Exception {
            int steps = 0;
            do {
                step();
                assertThat(++steps).isLessThan(1000);
            } while (!cursor.equals("0"));
        }
    }
}
