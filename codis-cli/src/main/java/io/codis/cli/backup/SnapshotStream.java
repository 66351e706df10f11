package io.codis.cli.backup;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Credentials;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/** An engine's data as a replica gets it at first: SYNC, up to the end of the RDB file. */
final class SnapshotStream implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** An engine that prepares the file sends a line feed each second, so this is a silence. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final int MARK = 40;
    private static final int BUFFER = 1 << 18;
    private static final int LONGEST_LINE = 4096;

    /** What has been written. */
    record Written(long bytes, String sha256) {}

    private final String address;
    private final Socket socket;
    private final InputStream in;

    private SnapshotStream(String address, Socket socket) throws IOException {
        this.address = address;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    }

    /** Connects to {@code host:port} and logs in. */
    static SnapshotStream open(String address, Credentials login) {
        int colon = address.lastIndexOf(':');
        var socket = new Socket();
        try {
            socket.setSoTimeout((int) SILENCE.toMillis());
            socket.connect(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    (int) CONNECT.toMillis());
            var stream = new SnapshotStream(address, socket);
            stream.send("AUTH", login.user(), login.password());
            stream.require("AUTH", stream.line());
            return stream;
        } catch (IOException e) {
            throw lost(address, e, socket);
        } catch (CodisException e) {
            close(socket);
            throw e;
        }
    }

    /** Writes the RDB file to {@code file}, which is on disk afterwards. */
    Written write(Path file) {
        try (var out = create(file)) {
            var sink = new Sink(out);
            String head = begin();
            if (head.startsWith("$EOF:")) {
                untilMark(head.substring("$EOF:".length()).getBytes(StandardCharsets.US_ASCII), sink);
            } else if (head.matches("\\$\\d+")) {
                exactly(Long.parseLong(head.substring(1)), sink);
            } else {
                throw new CodisException(Reason.ENGINE_REFUSED, "engine " + address + ", SYNC: " + head);
            }
            out.force(true);
            return sink.written();
        } catch (NotWritten e) {
            throw new CodisException(Reason.UNAVAILABLE, "cannot write " + file + ": " + e.getCause(), e);
        } catch (IOException e) {
            throw lost(address, e, socket);
        }
    }

    private static FileChannel create(Path file) throws NotWritten {
        try {
            return FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new NotWritten(e);
        }
    }

    /** An engine that can end after the file may send it without knowing its length; others would go on with commands. */
    private String begin() throws IOException {
        send("REPLCONF", "rdb-only", "1");
        if (line().startsWith("+")) {
            send("REPLCONF", "capa", "eof");
            require("REPLCONF", line());
        }
        send("SYNC");
        String head = line();
        while (head.isEmpty()) {
            head = line();
        }
        return head;
    }

    private void exactly(long length, Sink sink) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (long left = length; left > 0; ) {
            int read = read(buffer, 0, (int) Math.min(buffer.length, left));
            sink.write(buffer, read);
            left -= read;
        }
    }

    /** The mark comes last, behind it nothing. */
    private void untilMark(byte[] mark, Sink sink) throws IOException {
        if (mark.length != MARK) {
            throw new IOException("a mark of " + mark.length + " bytes");
        }
        byte[] buffer = new byte[BUFFER + MARK];
        int held = 0;
        while (true) {
            held += read(buffer, held, buffer.length - held);
            boolean end = held >= MARK && Arrays.equals(buffer, held - MARK, held, mark, 0, MARK);
            int sure = Math.max(0, held - MARK);
            sink.write(buffer, sure);
            if (end) {
                return;
            }
            System.arraycopy(buffer, sure, buffer, 0, held - sure);
            held -= sure;
        }
    }

    private int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        if (read < 0) {
            throw new EOFException("the connection ended within the snapshot");
        }
        return read;
    }

    private void send(String... words) throws IOException {
        var text = new StringBuilder("*").append(words.length).append("\r\n");
        for (String word : words) {
            text.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.size() > LONGEST_LINE) {
                throw new EOFException("the connection ended within an answer");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    private void require(String command, String answer) {
        if (!answer.startsWith("+")) {
            throw new CodisException(Reason.ENGINE_REFUSED, "engine " + address + ", " + command + ": " + answer);
        }
    }

    @Override
    public void close() {
        close(socket);
    }

    private static CodisException lost(String address, IOException e, Socket socket) {
        close(socket);
        return new CodisException(Reason.UNAVAILABLE, "engine " + address + ": " + e.getMessage(), e);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is not used any more
        }
    }

    /** A full disk is not the engine's. */
    private static final class NotWritten extends IOException {
        NotWritten(IOException cause) {
            super(cause);
        }
    }

    private static final class Sink {
        private final FileChannel out;
        private final MessageDigest digest;
        private long bytes;

        Sink(FileChannel out) {
            this.out = out;
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }

        void write(byte[] buffer, int length) throws IOException {
            digest.update(buffer, 0, length);
            var rest = ByteBuffer.wrap(buffer, 0, length);
            try {
                while (rest.hasRemaining()) {
                    bytes += out.write(rest);
                }
            } catch (IOException e) {
                throw new NotWritten(e);
            }
        }

        Written written() {
            return new Written(bytes, HexFormat.of().formatHex(digest.digest()));
        }
    }
}
