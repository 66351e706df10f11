package io.codis.testkit.data;

import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code count} keys of strings, lists, sets, hashes, sorted sets and streams, a third of them with a time to live.
 *
 * @param start milliseconds since 1970, from which the times to live count
 */
public record Dataset(long seed, int count, long start) {

    private static final int CHUNK = 100;
    private static final int CONNECTIONS = 4;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** Keys whose times to live count from now. */
    public static Dataset of(long seed, int count) {
        return new Dataset(seed, count, System.currentTimeMillis());
    }

    /** Writes all keys; fails on the first error reply. */
    public void load(List<String> endpoints) {
        List<String> problems = overChunks(endpoints, this::loadChunk);
        if (!problems.isEmpty()) {
            throw new AssertionError(problems.size() + " writes failed, the first: " + problems.getFirst());
        }
    }

    /** Reads all keys; fails with the number and the first of those that are not exactly as they were written. */
    public void requireIntact(List<String> endpoints) {
        List<String> problems = differences(endpoints);
        if (!problems.isEmpty()) {
            throw new AssertionError(problems.size() + " of " + count + " keys differ, such as\n"
                    + String.join("\n", problems.subList(0, Math.min(10, problems.size()))));
        }
    }

    /** One line for each key that is missing or different, or whose time to live is off by more than a second. */
    public List<String> differences(List<String> endpoints) {
        return overChunks(endpoints, this::compareChunk);
    }

    private interface Work {
        List<String> on(RespConnection connection, List<Entry> chunk) throws IOException;
    }

    private List<String> loadChunk(RespConnection connection, List<Entry> chunk) throws IOException {
        List<String> sent = new ArrayList<>();
        for (Entry entry : chunk) {
            for (List<String> write : entry.writes()) {
                connection.send(write);
                sent.add(entry.key());
            }
        }
        connection.flush();
        List<String> problems = new ArrayList<>();
        for (String key : sent) {
            if (connection.read() instanceof Reply.Failure(String text)) {
                problems.add(key + ": " + text);
            }
        }
        return problems;
    }

    private List<String> compareChunk(RespConnection connection, List<Entry> chunk) throws IOException {
        for (Entry entry : chunk) {
            connection.send(entry.read());
            connection.send("PTTL", entry.key());
        }
        connection.flush();
        List<String> problems = new ArrayList<>();
        for (Entry entry : chunk) {
            Reply value = connection.read();
            Reply pttl = connection.read();
            if (!entry.isIn(value)) {
                problems.add(entry.key() + " " + entry.type() + ": " + entry.parts() + " expected, got " + value);
            } else if (!entry.expiresIn(pttl.number(), System.currentTimeMillis())) {
                problems.add(entry.key() + ": PTTL " + pttl.number() + ", expires at " + entry.expiresAt());
            }
        }
        return problems;
    }

    private List<String> overChunks(List<String> endpoints, Work work) {
        AtomicInteger next = new AtomicInteger();
        List<String> problems = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<String>>> parts = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                String endpoint = endpoints.get(i % endpoints.size());
                parts.add(executor.submit(() -> worker(endpoint, next, work)));
            }
            for (Future<List<String>> part : parts) {
                problems.addAll(part.get());
            }
        } catch (ExecutionException e) {
            throw new AssertionError("the data could not be worked through: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return problems;
    }

    private List<String> worker(String endpoint, AtomicInteger next, Work work) throws IOException {
        List<String> problems = new ArrayList<>();
        try (RespConnection connection = RespConnection.open(endpoint, TIMEOUT)) {
            for (int from = next.getAndAdd(CHUNK); from < count; from = next.getAndAdd(CHUNK)) {
                List<Entry> chunk = new ArrayList<>();
                for (int i = from; i < Math.min(count, from + CHUNK); i++) {
                    chunk.add(Entry.of(seed, i, start));
                }
                problems.addAll(work.on(connection, chunk));
            }
        }
        return problems;
    }
}
