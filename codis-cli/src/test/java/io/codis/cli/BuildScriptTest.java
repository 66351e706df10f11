package io.codis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./codis} of a clone, over a Maven that makes a program of one line and must not run twice. */
class BuildScriptTest {

    private static final String MAVEN = """
            #!/bin/sh
            set -eu
            mkdir ROOT/building || exit 1
            echo built >>ROOT/builds
            sleep 1
            mkdir -p ROOT/codis-cli/target/dist/bin ROOT/codis-cli/target/dist/lib
            printf '#!/bin/sh\\necho "$@"\\n' >ROOT/codis-cli/target/dist/bin/codis
            touch ROOT/codis-cli/target/dist/built
            rmdir ROOT/building
            """;

    @TempDir
    private Path root;

    @Test
    void twoCommandsAtOnceBuildOnce() throws Exception {
        Files.copy(Path.of("../codis"), root.resolve("codis"));
        Path bin = Files.createDirectory(root.resolve("bin"));
        Path maven = Files.writeString(bin.resolve("mvn"), MAVEN.replace("ROOT", root.toString()));
        assertThat(maven.toFile().setExecutable(true)).isTrue();

        Process first = codis(bin, "first");
        Process second = codis(bin, "second");

        assertThat(said(first)).endsWith("first\n");
        assertThat(said(second)).endsWith("second\n");
        assertThat(root.resolve("builds")).hasContent("built");
    }

    private Process codis(Path bin, String argument) throws IOException {
        var builder = new ProcessBuilder("sh", root.resolve("codis").toString(), argument);
        builder.environment().merge("PATH", bin.toString(), (path, first) -> first + ":" + path);
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static String said(Process process) throws Exception {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return text;
    }
}
