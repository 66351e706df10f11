package io.codis.proxy.session;

import io.codis.core.wire.RouteTable;
import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.RequestScanner;
import io.codis.proxy.engine.RequestScanner.Found;
import io.codis.proxy.plane.DataPlane;
import io.codis.proxy.plane.DataPlaneSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the compiler see the way of a request before the first client does: a plane of its own between a client and a
 * server that are threads of this process. Without it the first clients wait for the compiler.
 */
final class WarmUp {

    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int BATCH = 32;
    private static final byte[] REQUESTS =
            Replies.ascii(("*3\r\n$3\r\nSET\r\n$8\r\nwarm:key\r\n$5\r\nvalue\r\n*2\r\n$3\r\nGET\r\n$9\r\nwarm:more\r\n")
                    .repeat(BATCH / 2));

    private WarmUp() {}

    /** Takes {@code time}; never fails, since a cold start is only slow. */
    static void run(Duration time) {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 1, here);
                DataPlane plane = NioDataPlane.open(DataPlaneSettings.defaults(new InetSocketAddress(here, 0)))) {
            Thread answering = Thread.ofPlatform().daemon().name("warm-up").start(() -> answer(server));
            String master = here.getHostAddress() + ":" + server.getLocalPort();
            plane.install(
                    new RouteTable(
                            1,
                            1,
                            null,
                            List.of(new RouteTable.GroupRoute(1, master, List.of(), List.of())),
                            List.of(new RouteTable.SlotRoute(0, 1023, 1, 0, false)),
                            List.of()),
                    Duration.ofSeconds(1));
            plane.goOnline();
            ask(plane.address(), time);
            answering.interrupt();
        } catch (IOException | RuntimeException e) {
            LOG.info("event=warm-up-failed why=\"{}\"", e.getMessage());
        }
    }

    private static void ask(InetSocketAddress address, Duration time) throws IOException {
        long until = System.nanoTime() + time.toNanos();
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout((int) time.toMillis() + 1000);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            while (System.nanoTime() < until) {
                out.write(REQUESTS);
                if (in.readNBytes(BATCH * Replies.OK.length).length < BATCH * Replies.OK.length) {
                    return;
                }
            }
        }
    }

    /** Says OK to everything. */
    private static void answer(ServerSocket server) {
        byte[] bytes = new byte[64 << 10];
        RequestScanner scanner = new RequestScanner();
        try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            int there = 0;
            for (int count = in.read(bytes); count > 0; count = in.read(bytes, there, bytes.length - there)) {
                there += count;
                int at = 0;
                StringBuilder answers = new StringBuilder();
                while (scanner.scan(bytes, at, there, true) == Found.COMPLETE) {
                    at += scanner.length();
                    scanner.reset();
                    answers.append("+OK\r\n");
                }
                System.arraycopy(bytes, at, bytes, 0, there - at);
                there -= at;
                out.write(Replies.ascii(answers.toString()));
            }
        } catch (IOException | ProtocolException e) {
            LOG.debug("event=warm-up-ended why=\"{}\"", e.getMessage());
        }
    }
}
