package io.codis.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.etcd.EtcdCoordinator;
import io.codis.testkit.EtcdServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdCoordinatorTest extends NetworkCoordinatorContractTest {

    private static EtcdServer server;

    @BeforeAll
    static void start(@TempDir Path directory) {
        server = EtcdServer.start(directory);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void clear() {
        server.call("kv/deleterange", "{\"key\":\"" + encoded("/") + "\",\"range_end\":\"" + encoded("0") + "\"}");
    }

    @Override
    protected int port() {
        return server.port();
    }

    @Override
    protected Coordinator open(int port) {
        return EtcdCoordinator.open("127.0.0.1:" + port, "");
    }

    @Override
    protected void killStore() {
        server.kill();
    }

    @Override
    protected void restartStore() {
        server.restart();
    }

    @Override
    protected byte[] deleting() {
        return bytes("request_delete_range");
    }

    @Override
    protected byte[] writing(String content) {
        return bytes(encoded(content));
    }

    @Test
    void theNextMemberIsAskedWhereOneIsGone() {
        var client = remember(EtcdCoordinator.open("127.0.0.1:1,http://127.0.0.1:" + server.port(), ""));
        long version = client.create(PATH, bytes("x"));
        assertThat(client.read(PATH).orElseThrow().version()).isEqualTo(version);
    }

    @Test
    void aKeyDeletedByHandIsALostLease() {
        var client = remember(open());
        var lease = client.tryLead("/codis3/demo/leader").orElseThrow();
        server.call("kv/deleterange", "{\"key\":\"" + encoded("/codis3-leases/codis3/demo/leader") + "\"}");
        await().atMost(Duration.ofSeconds(5)).until(() -> !lease.held());
    }

    @Test
    void aWaiterHearsThoughTheRevisionsItMissedAreCompacted() throws Exception {
        var client = remember(open());
        long version = client.create(PATH, bytes("0"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.kill();
            var woken = threads.submit(() -> awaitChangeUntilAnswered(client, version));
            server.restart();
            var other = remember(open());
            long last = version;
            for (int i = 1; i < 5; i++) {
                last = other.update(PATH, bytes("" + i), last);
            }
            server.call("kv/compaction", "{\"revision\":" + last + "}");
            assertThat(woken.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean awaitChangeUntilAnswered(Coordinator client, long version) {
        await().ignoreExceptions()
                .atMost(Duration.ofSeconds(25))
                .until(() -> client.awaitChange(PATH, version, Duration.ofSeconds(20)));
        return true;
    }

    @Test
    void aLoginIsAskedFor(@TempDir Path directory) {
        try (var guarded = EtcdServer.start(directory)) {
            guarded.call("auth/user/add", "{\"name\":\"root\",\"password\":\"secret\"}");
            guarded.call("auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
            guarded.call("auth/role/add", "{\"name\":\"root\"}");
            guarded.call("auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
            guarded.call("auth/enable", "{}");
            var stranger = remember(EtcdCoordinator.open(guarded.address(), ""));
            assertThat(reasonOf(() -> stranger.create(PATH, bytes("x"))))
                    .isIn(Reason.UNAUTHORIZED, Reason.INVALID_ARGUMENT);
            var wrong = remember(EtcdCoordinator.open(guarded.address(), "root:wrong"));
            assertThat(reasonOf(() -> wrong.create(PATH, bytes("x")))).isEqualTo(Reason.UNAUTHORIZED);
            var known = remember(EtcdCoordinator.open(guarded.address(), "root:secret"));
            known.create(PATH, bytes("x"));
            assertThat(text(known)).isEqualTo("x");
            guarded.restart();
            assertThat(text(known)).as("after its token was forgotten").isEqualTo("x");
        }
        assertThat(reasonOf(() -> EtcdCoordinator.open("127.0.0.1:1", "root"))).isEqualTo(Reason.INVALID_ARGUMENT);
    }

    private static String encoded(String key) {
        return Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }
}
