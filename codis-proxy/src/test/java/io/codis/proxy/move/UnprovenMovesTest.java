package io.codis.proxy.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable.GroupRoute;
import io.codis.core.wire.RouteTable.MoveRoute;
import io.codis.core.wire.RouteTable.SlotRoute;
import io.codis.proxy.session.TestProxy;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the proxy does not do to a key that moves while the proof of the step before is missing. */
class UnprovenMovesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final RedisServer source = RedisServer.start();
    private final RedisServer sourceCandidate = RedisServer.start();
    private final RedisServer sourceOther = RedisServer.start();
    private final RedisServer target = RedisServer.start();
    private final RedisServer targetCandidate = RedisServer.start();
    private final TestProxy proxy = TestProxy.open(TestProxy.settings(SOON));

    @BeforeEach
    void migrating() {
        sourceCandidate.replicate(source);
        sourceOther.replicate(source);
        targetCandidate.replicate(target);
        for (RedisServer server : List.of(source, target)) {
            server.call("ACL", "SETUSER", "proxy-1-1", "on", ">secret", "~*", "&*", "+@all")
                    .text();
        }
        target.call("ACL", "SETUSER", "mig-1-1", "on", ">mig", "~*", "+restore", "+select", "+auth")
                .text();
        proxy.install(
                new Credentials("proxy-1-1", "secret"),
                List.of(
                        new GroupRoute(1, source.address(), List.of(sourceCandidate.address()), List.of()),
                        new GroupRoute(2, target.address(), List.of(targetCandidate.address()), List.of())),
                List.of(new SlotRoute(0, 1023, 2, 1, false)),
                List.of(new MoveRoute(1, 2, new Credentials("mig-1-1", "mig"))));
    }

    @AfterEach
    void stop() {
        proxy.close();
        List.of(sourceCandidate, sourceOther, targetCandidate, source, target).forEach(RedisServer::close);
    }

    /** "Acknowledged by the candidates": WAIT counts replicas, and one that cannot be promoted proves nothing. */
    @Test
    void aReplicaThatIsNoCandidateDoesNotAcknowledgeForOneThatIs() throws Exception {
        source.call("SET", "a", "1").text();
        CompletableFuture<Reply> write;
        sourceCandidate.freeze();
        try {
            write = CompletableFuture.supplyAsync(() -> proxy.call("APPEND", "a", "2"));
            await("the key left the source")
                    .atMost(SOON)
                    .until(() -> source.call("EXISTS", "a").number() == 0);
            long removed = Long.parseLong(source.info("master_repl_offset"));
            await("the other replica has the removal")
                    .atMost(SOON)
                    .until(() -> Long.parseLong(sourceOther.info("slave_repl_offset")) >= removed);
            // the answer of the other replica to the proxy's question is on its way for no longer than this
            source.call("WAIT", "1", "1000");
            staysUndone(write);
            assertThat(target.call("GET", "a").text()).isEqualTo("1");
        } finally {
            sourceCandidate.thaw();
        }
        assertThat(write.get(20, TimeUnit.SECONDS).number()).isEqualTo(2);
    }

    /** Rule 3: until every candidate of the target has the copy, the source keeps the key. */
    @Test
    void aKeyStaysAtItsSourceWhileACandidateOfTheTargetIsSilent() throws Exception {
        source.call("SET", "a", "1").text();
        CompletableFuture<Reply> write;
        targetCandidate.freeze();
        try {
            write = CompletableFuture.supplyAsync(() -> proxy.call("APPEND", "a", "2"));
            await("the copy arrived")
                    .atMost(SOON)
                    .until(() -> target.call("EXISTS", "a").number() == 1);
            staysUndone(write);
            assertThat(source.call("GET", "a").text()).isEqualTo("1");
        } finally {
            targetCandidate.thaw();
        }
        assertThat(write.get(20, TimeUnit.SECONDS).number()).isEqualTo(2);
    }

    /** Rule 8: a copy in flight would outlive a flush, so none is served. */
    @Test
    void nothingIsFlushedWhileKeysMove() {
        source.call("SET", "a", "1").text();
        target.call("SET", "b", "2").text();

        for (String flush : List.of("FLUSHALL", "FLUSHDB")) {
            assertThat(proxy.call(flush).toString()).contains("not allowed");
        }

        assertThat(source.call("GET", "a").text()).isEqualTo("1");
        assertThat(target.call("GET", "b").text()).isEqualTo("2");
    }

    /** For a second: what is wrongly let through is through in milliseconds. */
    private static void staysUndone(CompletableFuture<Reply> write) {
        await("a write that waits")
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(3))
                .until(() -> !write.isDone());
    }
}
