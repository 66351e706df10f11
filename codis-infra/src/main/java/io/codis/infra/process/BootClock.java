package io.codis.infra.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Time since the machine booted, suspended time included: a lease must end while a machine sleeps, and {@link
 * System#nanoTime()} does not count that. Source: {@code /proc/uptime} is CLOCK_BOOTTIME, proc_uptime(5).
 */
public final class BootClock {

    private static final Path UPTIME = Path.of("/proc/uptime");

    /** Milliseconds, in steps of ten. */
    public long millis() {
        try {
            String text = Files.readString(UPTIME, StandardCharsets.US_ASCII);
            int dot = text.indexOf('.');
            return Long.parseLong(text.substring(0, dot)) * 1000
                    + Long.parseLong(text.substring(dot + 1, dot + 3)) * 10;
        } catch (IOException e) {
            throw new IllegalStateException("no clock that counts suspended time: " + UPTIME, e);
        }
    }
}
