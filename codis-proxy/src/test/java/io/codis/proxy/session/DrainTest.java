package io.codis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.RespConnection;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A planned stop loses no request: what was read is answered, what was not read is not executed. */
class DrainTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int CLIENTS = 16;
    private static RedisServer server;

    private TestProxy proxy;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        server.call("FLUSHALL");
        proxy = TestProxy.over(server.address());
    }

    @AfterEach
    void close() {
        server.thaw();
        proxy.close();
    }

    private CompletableFuture<Long> stopWithin(Duration drain) {
        return CompletableFuture.supplyAsync(() -> {
            long begin = System.nanoTime();
            proxy.plane().close(drain);
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        });
    }

    @Test
    void whatIsInFlightIsAnsweredBeforeTheEnd() throws Exception {
        try (RespConnection client = proxy.connect()) {
            server.freeze();
            client.send("SET", "a", "last");
            client.flush();
            await().atMost(LONG).until(() -> proxy.plane().stats(false).ops().total() >= 1);
            CompletableFuture<Long> closing = stopWithin(LONG);
            server.thaw();
            assertThat(client.read().text()).isEqualTo("OK");
            assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
            assertThat(closing.get(20, TimeUnit.SECONDS)).isLessThan(LONG.toMillis());
        }
    }

    @Test
    void whoHasNothingOpenSeesTheEndAtOnceAndNewClientsAreRefused() throws Exception {
        try (RespConnection idle = proxy.connect();
                RespConnection busy = proxy.connect()) {
            idle.call("PING");
            server.freeze();
            busy.send("GET", "a");
            busy.flush();
            await().atMost(LONG).until(() -> proxy.plane().stats(false).ops().total() >= 2);
            CompletableFuture<Long> closing = stopWithin(LONG);

            await().atMost(Duration.ofSeconds(5)).until(idle::endedByServer);
            assertThatThrownBy(proxy::connect).isInstanceOf(UncheckedIOException.class);
            assertThat(busy.endedByServer()).isFalse();
            server.thaw();
            busy.read();
            busy.close();
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aRequestOfWhichTheFirstHalfHasComeIsWaitedFor() throws Exception {
        try (RespConnection client = proxy.connect();
                RespConnection other = proxy.connect()) {
            other.call("PING");
            client.write("*2\r\n$4\r\nINCR\r\n$1\r\n".getBytes(StandardCharsets.US_ASCII));
            client.flush();
            await().atMost(LONG)
                    .until(() -> proxy.plane().stats(false).sessions().alive() == 2);
            CompletableFuture<Long> closing = stopWithin(LONG);
            await().atMost(LONG).until(other::endedByServer);
            client.write("a\r\n".getBytes(StandardCharsets.US_ASCII));
            client.flush();
            assertThat(client.read().number()).isEqualTo(1);
            assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    /** Clients that never pause: sent before the stop is answered, and executed are exactly those that were answered. */
    @Test
    void noRequestOfPipeliningClientsStaysWithoutOutcome() throws Exception {
        List<Pipeliner> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Pipeliner(proxy.connect(), "counter:" + i));
        }
        clients.forEach(Pipeliner::start);
        await().atMost(LONG).until(() -> clients.stream().allMatch(client -> client.answered.get() > 500));

        List<Long> sentBefore =
                clients.stream().map(client -> client.sent.get()).toList();
        assertThat(stopWithin(Duration.ofSeconds(3)).get(20, TimeUnit.SECONDS)).isLessThan(3500);
        for (int i = 0; i < CLIENTS; i++) {
            Pipeliner client = clients.get(i);
            long answered = client.end.get(20, TimeUnit.SECONDS);
            assertThat(answered).as("answers of client %d", i).isGreaterThanOrEqualTo(sentBefore.get(i));
            assertThat(server.call("GET", client.key).text()).isEqualTo(Long.toString(answered));
        }
    }

    /** Sends up to 100 INCR ahead of their replies, as fast as it may, until the connection ends. */
    private static final class Pipeliner {

        private final RespConnection connection;
        private final String key;
        private final Semaphore ahead = new Semaphore(100);
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong answered = new AtomicLong();
        private final CompletableFuture<Long> end = new CompletableFuture<>();

        Pipeliner(RespConnection connection, String key) {
            this.connection = connection;
            this.key = key;
        }

        void start() {
            Thread.ofVirtual().start(this::send);
            Thread.ofVirtual().start(this::receive);
        }

        private void send() {
            try {
                while (!end.isDone()) {
                    if (ahead.tryAcquire(1, TimeUnit.SECONDS)) {
                        connection.send("INCR", key);
                        connection.flush();
                        sent.incrementAndGet();
                    }
                }
            } catch (IOException | InterruptedException e) {
                // the receiver says how it ended
            }
        }

        private void receive() {
            try {
                while (true) {
                    long number = connection.read().number();
                    if (number != answered.incrementAndGet()) {
                        throw new IOException("answer " + answered + " is " + number);
                    }
                    ahead.release();
                }
            } catch (EOFException e) {
                end.complete(answered.get());
            } catch (IOException e) {
                end.completeExceptionally(e);
            } finally {
                connection.close();
            }
        }
    }
}
