package io.codis.testkit.history;

import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import io.codis.testkit.resp.TruncatedReply;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection, opened anew at the next proxy after it ended. As pools of client libraries do, it looks before
 * it sends whether the other side has hung up.
 */
final class Session implements AutoCloseable {

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

    private final HistorySettings settings;
    private final Ledger ledger;
    private int endpoint;
    private @Nullable RespConnection connection;

    Session(HistorySettings settings, Ledger ledger, int endpoint) {
        this.settings = settings;
        this.ledger = ledger;
        this.endpoint = endpoint;
    }

    String address() {
        return settings.endpoints()
                .get(Math.floorMod(endpoint, settings.endpoints().size()));
    }

    /** The open connection, or a new one; fails when the current endpoint takes none, after a moment. */
    RespConnection open() throws IOException {
        RespConnection open = connection;
        if (open != null && !open.endedByServer()) {
            return open;
        }
        if (open != null) {
            ledger.closes.increment();
            close();
            endpoint++;
        }
        try {
            RespConnection fresh = RespConnection.open(address(), settings.timeout());
            connection = fresh;
            String password = settings.password();
            if (password != null && fresh.call("AUTH", password) instanceof Reply.Failure(String text)) {
                ledger.error(text);
                throw new IOException("login refused: " + text);
            }
            return fresh;
        } catch (IOException e) {
            ended(e);
            LockSupport.parkNanos(PAUSE);
            throw e;
        }
    }

    /** The next reply, waiting until {@code deadline} of the nano clock. */
    Reply read(RespConnection open, long deadline) throws IOException {
        open.timeout(Duration.ofNanos(deadline - System.nanoTime()));
        return open.read();
    }

    /** The connection is of no more use. A close between replies is a reconnect, one within a reply an error. */
    void ended(IOException why) {
        if (why instanceof SocketTimeoutException) {
            ledger.timeouts.increment();
        } else if (why instanceof TruncatedReply
                || String.valueOf(why.getMessage()).startsWith("not a reply")) {
            ledger.error(String.valueOf(why.getMessage()));
        } else {
            ledger.closes.increment();
        }
        close();
        endpoint++;
    }

    @Override
    public void close() {
        RespConnection open = connection;
        if (open != null) {
            open.close();
            connection = null;
        }
    }
}
