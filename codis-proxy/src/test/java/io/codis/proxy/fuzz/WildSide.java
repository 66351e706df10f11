package io.codis.proxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.proxy.session.TestProxy;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import java.io.IOException;
import java.util.Random;

/** A proxy and an engine of their own for streams whose answers cannot be compared: they must only survive them. */
final class WildSide implements AutoCloseable {

    private static final int LOOK = 50;

    private final RedisServer engine;
    private final TestProxy proxy;
    private int thrown;

    WildSide(RedisServer engine) {
        this.engine = engine;
        this.proxy = TestProxy.over(engine.address());
    }

    void throwAt(byte[] stream, Random pieces) throws IOException {
        try (RawConnection connection = RawConnection.open(proxy.address())) {
            connection.send(stream, pieces);
        } catch (IOException e) {
            // it may hang up in the middle
        }
        if (++thrown % LOOK == 0) {
            look();
        }
    }

    private void look() throws IOException {
        try (RawConnection connection = RawConnection.open(proxy.address())) {
            assertThat(connection.call("PING")).isEqualTo(new Reply.Status("PONG"));
            assertThat(connection.call("SET", "k", "v")).isEqualTo(new Reply.Status("OK"));
        }
        engine.call("FLUSHALL");
    }

    @Override
    public void close() {
        proxy.close();
    }
}
