package io.codis.testkit.resp;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection. {@link #send} only fills a buffer, {@link #flush} writes it, {@link #read} takes the next reply;
 * {@link #call} does all three. Not for several threads. Texts are Latin-1, so that any byte survives.
 */
public final class RespConnection implements AutoCloseable {

    private final SocketChannel channel;
    private final Socket socket;
    private final PushbackInputStream in;
    private final OutputStream out;

    private RespConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.socket = channel.socket();
        this.in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream(), 16384));
        this.out = new BufferedOutputStream(socket.getOutputStream(), 16384);
    }

    /** Connects to {@code host:port}; {@code timeout} bounds the connect and every read. */
    public static RespConnection open(String address, Duration timeout) throws IOException {
        int colon = address.lastIndexOf(':');
        SocketChannel channel = SocketChannel.open();
        try {
            Socket socket = channel.socket();
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) timeout.toMillis());
            int port = Integer.parseInt(address.substring(colon + 1));
            socket.connect(new InetSocketAddress(address.substring(0, colon), port), (int) timeout.toMillis());
            return new RespConnection(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Whether the server has ended the connection between replies, without waiting: what pools of client libraries look at
     * before they send on a connection that was idle.
     */
    public boolean endedByServer() {
        try {
            if (in.available() > 0) {
                return false;
            }
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.configureBlocking(false);
            int count = channel.read(one);
            channel.configureBlocking(true);
            if (count == 1) {
                in.unread(one.get(0) & 0xff);
            }
            return count < 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** How long the next reads wait at most; not below one millisecond. */
    public void timeout(Duration timeout) throws IOException {
        socket.setSoTimeout((int) Math.max(1, timeout.toMillis()));
    }

    /** Sends a command and waits for its reply. */
    public Reply call(String... words) throws IOException {
        send(words);
        flush();
        return read();
    }

    /** Puts a command into the output buffer. */
    public void send(String... words) throws IOException {
        send(List.of(words));
    }

    /** Puts a command into the output buffer. */
    public void send(List<String> words) throws IOException {
        header('*', words.size());
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1);
            header('$', bytes.length);
            out.write(bytes);
            out.write('\r');
            out.write('\n');
        }
    }

    /** Puts bytes into the output buffer as they are, a command or not. */
    public void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    public void flush() throws IOException {
        out.flush();
    }

    /**
     * The next reply.
     *
     * @throws java.net.SocketTimeoutException after the timeout; the connection is of no more use then
     * @throws TruncatedReply when the connection ended within a reply
     * @throws IOException when it ended before the reply
     */
    public Reply read() throws IOException {
        int type = in.read();
        if (type < 0) {
            throw new EOFException("closed by the server");
        }
        try {
            return rest(type);
        } catch (EOFException | SocketException e) {
            throw new TruncatedReply(e);
        }
    }

    private Reply rest(int type) throws IOException {
        String line = line();
        return switch (type) {
            case '+' -> new Reply.Status(line);
            case '-' -> new Reply.Failure(line);
            case ':' -> new Reply.Num(Long.parseLong(line));
            case '$' -> bulk(Integer.parseInt(line));
            case '*' -> many(Integer.parseInt(line));
            case '_' -> new Reply.Typed('_', new Reply.Nil());
            case '#', ',', '(' -> new Reply.Typed((char) type, new Reply.Status(line));
            case '=' -> new Reply.Typed('=', bulk(Integer.parseInt(line)));
            case '%' -> new Reply.Typed('%', many(2 * Integer.parseInt(line)));
            case '~', '>' -> new Reply.Typed((char) type, many(Integer.parseInt(line)));
            default -> throw new IOException("not a reply: " + (char) type + line);
        };
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing depends on how a test's connection ends
        }
    }

    private void header(char type, int length) throws IOException {
        out.write(type);
        out.write(Integer.toString(length).getBytes(StandardCharsets.ISO_8859_1));
        out.write('\r');
        out.write('\n');
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        while (c != '\r') {
            if (c < 0) {
                throw new EOFException("closed within a reply");
            }
            line.append((char) c);
            c = in.read();
        }
        in.read();
        return line.toString();
    }

    private Reply bulk(int length) throws IOException {
        if (length < 0) {
            return new Reply.Nil();
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || in.read() != '\r' || in.read() != '\n') {
            throw new EOFException("closed within a bulk string");
        }
        return new Reply.Bulk(bytes);
    }

    private Reply many(int count) throws IOException {
        if (count < 0) {
            return new Reply.Nil();
        }
        List<Reply> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(read());
        }
        return new Reply.Many(items);
    }
}
