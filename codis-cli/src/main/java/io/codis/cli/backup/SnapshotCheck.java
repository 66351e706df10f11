package io.codis.cli.backup;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The engine's own check of an RDB file: every engine is that tool too, when called by its name. */
final class SnapshotCheck {

    private static final String NAME = "redis-check-rdb";
    private static final Pattern KEYS = Pattern.compile("(\\d+) keys read");
    private static final int MOST_OUTPUT = 1 << 20;

    private SnapshotCheck() {}

    /** How many keys are in the file; {@link Reason#ENGINE_REFUSED} with the tool's words when it is not whole. */
    static long keys(Path engine, Path file) throws InterruptedException {
        try {
            Path directory = Files.createTempDirectory("codis-check-");
            Path tool = directory.resolve(NAME);
            try {
                Files.createSymbolicLink(tool, engine.toRealPath());
                return keys(tool, file.toAbsolutePath(), engine);
            } finally {
                Files.deleteIfExists(tool);
                Files.deleteIfExists(directory);
            }
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "cannot check " + file + ": " + e.getMessage(), e);
        }
    }

    private static long keys(Path tool, Path file, Path engine) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(tool.toString(), file.toString())
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
            int code = process.waitFor();
            var keys = KEYS.matcher(said);
            if (code != 0 || !keys.find()) {
                throw new CodisException(
                        Reason.ENGINE_REFUSED,
                        file.getFileName() + " is not whole by " + NAME + " of " + engine + ", exit code " + code + ": "
                                + lastLine(said));
            }
            return Long.parseLong(keys.group(1));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String lastLine(String said) {
        String text = said.strip();
        return text.substring(text.lastIndexOf('\n') + 1);
    }
}
