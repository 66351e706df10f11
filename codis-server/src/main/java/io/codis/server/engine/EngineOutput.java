package io.codis.server.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Carries what an engine prints to standard output, and whole lines of it to a second place. It always goes on reading: an
 * engine whose output nobody takes would stand still.
 */
final class EngineOutput {

    private static final int BUFFER = 16 << 10;

    private final Thread thread;

    private EngineOutput(Thread thread) {
        this.thread = thread;
    }

    /** Until {@code printed} ends, on a thread of its own. */
    static EngineOutput carry(InputStream printed, OutputStream out, Consumer<byte[]> lines) {
        return new EngineOutput(Thread.ofPlatform()
                .daemon()
                .name("engine-output")
                .start(() -> {
                    // closed in the end whatever happens: then the engine's writes fail, and it goes on
                    try (printed) {
                        run(printed, out, lines);
                    } catch (IOException e) {
                        // the engine has ended
                    }
                }));
    }

    /** Waits until all is carried that was printed; somebody who lives longer than the engine may keep its output open. */
    void awaitEnd(Duration deadline) {
        try {
            thread.join(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void run(InputStream printed, OutputStream out, Consumer<byte[]> lines) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int held = 0;
        for (int read = printed.read(buffer); read >= 0; read = printed.read(buffer, held, BUFFER - held)) {
            out.write(buffer, held, read);
            out.flush();
            held += read;
            int whole = held == BUFFER ? held : endOfLines(buffer, held);
            if (whole > 0) {
                lines.accept(Arrays.copyOf(buffer, whole));
                System.arraycopy(buffer, whole, buffer, 0, held - whole);
                held -= whole;
            }
        }
        if (held > 0) {
            buffer[held] = '\n';
            lines.accept(Arrays.copyOf(buffer, held + 1));
        }
    }

    /** After the last line that has ended. */
    private static int endOfLines(byte[] buffer, int length) {
        int end = length;
        while (end > 0 && buffer[end - 1] != '\n') {
            end--;
        }
        return end;
    }
}
