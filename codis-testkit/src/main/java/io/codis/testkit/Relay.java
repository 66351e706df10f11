package io.codis.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A wire between two processes that a test can hold, release and cut: what is sent while it is held arrives after the
 * release, or never when it is cut. Both ends believe all the time that they are connected.
 */
public final class Relay implements AutoCloseable {

    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean held;
    private boolean answersHeld;
    private volatile @Nullable String trigger;
    private volatile int target;

    private Relay(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /** Listens on a port of its own and passes everything on to {@code port} of this machine. */
    public static Relay to(int port) {
        try {
            Relay relay = new Relay(new ServerSocket(Ports.free(), 64, InetAddress.getLoopbackAddress()), port);
            Thread.ofPlatform().daemon().name("relay").start(relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Keeps back all bytes from now on, in both directions; connections can still be made. */
    public void hold() {
        set(true, true);
    }

    /** Keeps back what the target says from now on; what is said to it arrives. */
    public void holdAnswers() {
        set(false, true);
    }

    /** The same from the moment on when something with {@code part} in it is said to the target. */
    public void holdAnswersTo(byte[] part) {
        trigger = new String(part, StandardCharsets.ISO_8859_1);
    }

    /** Passes on what was kept back, and all that follows. */
    public void release() {
        set(false, false);
    }

    /** Ends all connections; what was kept back is gone. New connections are made as ever. */
    public void cut() {
        sockets.forEach(Relay::end);
        sockets.clear();
    }

    /** New connections lead to another port: an address that has got a new owner. */
    public void retarget(int port) {
        target = port;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private void set(boolean requests, boolean answers) {
        lock.lock();
        try {
            held = requests;
            answersHeld = answers;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket from = listener.accept();
                try {
                    connect(from, new Socket(InetAddress.getLoopbackAddress(), target));
                } catch (IOException e) {
                    from.close();
                }
            } catch (IOException e) {
                // closed, or the other end has gone already
            }
        }
    }

    private void connect(Socket from, Socket to) {
        sockets.add(from);
        sockets.add(to);
        Thread.ofVirtual().start(() -> pass(from, to, false));
        Thread.ofVirtual().start(() -> pass(to, from, true));
    }

    private void pass(Socket from, Socket to, boolean answers) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[65536];
            int count = in.read(buffer);
            while (count >= 0) {
                String awaited = trigger;
                if (!answers
                        && awaited != null
                        && new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains(awaited)) {
                    trigger = null;
                    holdAnswers();
                }
                awaitRelease(answers);
                out.write(buffer, 0, count);
                count = in.read(buffer);
            }
            awaitRelease(answers);
        } catch (IOException e) {
            // the other direction ends with this one
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(from);
            end(to);
        }
    }

    /** Also the end of a connection is kept back: the receiver must not learn what the sender has done. */
    private void awaitRelease(boolean answers) throws InterruptedException {
        lock.lock();
        try {
            while (answers ? answersHeld : held) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // gone already
        }
    }
}
