package io.codis.proxy.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns its sockets. Each turn: wait, read what is there, run what other threads asked for and what is
 * due, then write once to every connection that has something to send, servers first.
 */
public final class Loop implements Runnable {

    /** What one read may bring. Larger gains nothing, smaller costs a system call per request when pipelined. */
    public static final int READ = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final long TICK = Duration.ofMillis(100).toNanos();

    private final int number;
    private final Selector selector;
    private final ChunkPool pool = new ChunkPool();
    private final byte[] in = new byte[2 * READ];
    private final ByteBuffer reading = ByteBuffer.allocateDirect(READ);
    private final ByteBuffer staging = ByteBuffer.allocateDirect(2 * READ);
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final List<Runnable> ticks = new ArrayList<>();
    private final List<Runnable> turns = new ArrayList<>();
    private final Consumer<SelectionKey> dispatch = Loop::dispatch;
    private Conn[] dirtyServers = new Conn[16];
    private Conn[] dirtyClients = new Conn[256];
    private int servers;
    private int clients;
    private long now = System.nanoTime();
    private long nextTick;
    private long timerOrder;
    private volatile boolean closing;

    public Loop(int number) throws IOException {
        this.number = number;
        this.selector = Selector.open();
    }

    public int number() {
        return number;
    }

    /** The time of this turn, {@link System#nanoTime()}. */
    public long now() {
        return now;
    }

    public ChunkPool pool() {
        return pool;
    }

    Selector selector() {
        return selector;
    }

    ByteBuffer staging() {
        return staging;
    }

    /** The shared read buffer: {@link #read} fills it, and whoever is called next overwrites it. */
    public byte[] in() {
        return in;
    }

    /**
     * Reads once into {@code bytes[from, from + most)}.
     *
     * @return how many bytes came, 0 if none, -1 at the end of the stream
     */
    public int read(SocketChannel socket, byte[] bytes, int from, int most) throws IOException {
        reading.clear().limit(Math.min(most, READ));
        int count = socket.read(reading);
        if (count > 0) {
            reading.flip();
            reading.get(bytes, from, count);
        }
        return count;
    }

    /** From any thread: run it on this loop, soon. */
    public void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** From any thread but this loop's: the value, as this loop sees it. */
    public <T> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        execute(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** On this loop: run it once after {@code nanos}. */
    public Timer after(long nanos, Runnable action) {
        Timer timer = new Timer(System.nanoTime() + nanos, timerOrder++, action);
        timers.add(timer);
        return timer;
    }

    /** On this loop, before it runs: run it every 100 ms. */
    public void onTick(Runnable action) {
        ticks.add(action);
    }

    /** On this loop, before it runs: run it in each turn, after reading and before writing. */
    public void onTurn(Runnable action) {
        turns.add(action);
    }

    void addDirty(Conn conn, boolean server) {
        if (server) {
            if (servers == dirtyServers.length) {
                dirtyServers = Arrays.copyOf(dirtyServers, servers * 2);
            }
            dirtyServers[servers++] = conn;
        } else {
            if (clients == dirtyClients.length) {
                dirtyClients = Arrays.copyOf(dirtyClients, clients * 2);
            }
            dirtyClients[clients++] = conn;
        }
    }

    @Override
    public void run() {
        while (!closing) {
            try {
                turn();
            } catch (IOException | RuntimeException e) {
                LOG.error("event=loop-turn-failed loop={}", number, e);
            } catch (OutOfMemoryError e) {
                LOG.error("event=out-of-memory loop={} queued={}", number, pool.inUse());
            }
        }
        closeAll();
    }

    private void turn() throws IOException {
        selector.select(dispatch, timeout(System.nanoTime()));
        now = System.nanoTime();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        runTimers();
        for (int i = 0; i < turns.size(); i++) {
            turns.get(i).run();
        }
        flush();
    }

    /** In milliseconds, at least 1: zero would wait for ever. */
    private long timeout(long time) {
        now = time;
        long until = nextTick - time;
        Timer first = timers.peek();
        if (first != null) {
            until = Math.min(until, first.at - time);
        }
        return Math.max(1, until / 1_000_000);
    }

    private void runTimers() {
        for (Timer first = timers.peek(); first != null && first.at - now <= 0; first = timers.peek()) {
            timers.remove();
            first.run();
        }
        if (nextTick - now <= 0) {
            nextTick = now + TICK;
            for (Runnable tick : ticks) {
                tick.run();
            }
        }
    }

    /** A flush may make others dirty: a connection that breaks answers its requests. */
    private void flush() {
        for (int round = 0; round < 4 && servers + clients > 0; round++) {
            for (int i = 0; i < servers; i++) {
                flush(dirtyServers[i]);
            }
            servers = 0;
            for (int i = 0; i < clients; i++) {
                flush(dirtyClients[i]);
            }
            clients = 0;
        }
        if (servers + clients > 0) {
            selector.wakeup();
        }
    }

    /** The flag goes first: what is appended during the flush links the connection again. */
    private static void flush(Conn conn) {
        conn.isDirty = false;
        conn.flush();
    }

    private static void dispatch(SelectionKey key) {
        if (key.attachment() instanceof Conn conn) {
            conn.ready(key.readyOps());
        } else if (key.attachment() instanceof Acceptor acceptor) {
            acceptor.accept();
        }
    }

    /** On this loop: calls {@code acceptor} when clients knock. */
    public void listen(ServerSocketChannel channel, Acceptor acceptor) throws IOException {
        channel.register(selector, SelectionKey.OP_ACCEPT, acceptor);
    }

    /** A listening socket of this loop. */
    public interface Acceptor {
        void accept();
    }

    void defect(Conn conn, RuntimeException e) {
        LOG.error("event=defect loop={} conn={}", number, conn, e);
    }

    /** For what is worth knowing only when looking for something. */
    void note(String text) {
        LOG.debug("event=note loop={} {}", number, text);
    }

    /** From any thread. Closes every socket. */
    public void close() {
        closing = true;
        selector.wakeup();
    }

    private void closeAll() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            note("close failed: " + e.getMessage());
        }
    }
}
