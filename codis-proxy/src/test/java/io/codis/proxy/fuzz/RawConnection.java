package io.codis.proxy.fuzz;

import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** A connection over which any bytes go, whole or in pieces. */
final class RawConnection implements AutoCloseable {

    private final RespConnection connection;

    private RawConnection(RespConnection connection) {
        this.connection = connection;
    }

    /** Every read waits thirty seconds at most, after which the other side is said to hang. */
    static RawConnection open(String address) throws IOException {
        return new RawConnection(RespConnection.open(address, Duration.ofSeconds(30)));
    }

    void send(byte[] bytes) throws IOException {
        connection.write(bytes);
        connection.flush();
    }

    /** Now and then in two or three pieces. */
    void send(byte[] bytes, Random pieces) throws IOException {
        int from = 0;
        for (int cuts = pieces.nextInt(4) == 0 ? 2 : 0; cuts > 0 && from < bytes.length; cuts--) {
            int to = from + pieces.nextInt(bytes.length - from);
            send(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
        send(Arrays.copyOfRange(bytes, from, bytes.length));
    }

    Reply read() throws IOException {
        return connection.read();
    }

    Reply call(String... words) throws IOException {
        return connection.call(words);
    }

    @Override
    public void close() {
        connection.close();
    }
}
