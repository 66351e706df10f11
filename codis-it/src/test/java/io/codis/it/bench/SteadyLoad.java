package io.codis.it.bench;

import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Clients that SET 64 bytes at a steady rate. A latency counts from the time at which the request was due, so that
 * a stall counts for all that should have been sent within it.
 */
final class SteadyLoad implements AutoCloseable {

    static final String VALUE = "v".repeat(64);

    private final Recorder recorder = new Recorder(3);
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicLong errors = new AtomicLong();
    private final List<Thread> clients = new ArrayList<>();

    /** {@code rate} requests per second over {@code connections}, on keys 0 to {@code keys} of {@link #key}. */
    static SteadyLoad start(String endpoint, int connections, int rate, int keys) {
        SteadyLoad load = new SteadyLoad();
        for (int i = 0; i < connections; i++) {
            Random random = new Random(i);
            load.clients.add(Thread.ofPlatform()
                    .daemon()
                    .name("load")
                    .start(() -> load.client(endpoint, (double) rate / connections, random, keys)));
        }
        return load;
    }

    static String key(int number) {
        return "bench:" + number;
    }

    /** The latencies since the last call, microseconds. */
    Histogram latencies() {
        return recorder.getIntervalHistogram();
    }

    long errors() {
        return errors.get();
    }

    private void client(String endpoint, double rate, Random random, int keys) {
        long pause = (long) (1e9 / rate);
        try (RespConnection connection = RespConnection.open(endpoint, Duration.ofSeconds(10))) {
            long due = System.nanoTime() + random.nextLong(pause);
            while (running.get()) {
                LockSupport.parkNanos(due - System.nanoTime());
                if (System.nanoTime() >= due) {
                    Reply reply = connection.call("SET", key(random.nextInt(keys)), VALUE);
                    errors.addAndGet(reply instanceof Reply.Failure ? 1 : 0);
                    recorder.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due));
                    due += pause;
                }
            }
        } catch (IOException e) {
            errors.incrementAndGet();
        }
    }

    @Override
    public void close() {
        running.set(false);
        for (Thread client : clients) {
            try {
                client.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
