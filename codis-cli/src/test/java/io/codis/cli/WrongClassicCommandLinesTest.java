package io.codis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What codis-server, codis-dashboard and codis-fe say to a wrong command line or file; each ends at once with exit code 2. */
class WrongClassicCommandLinesTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(directory.resolve("quotes.conf"), "maxclients 100\nsave \"900 1\n");
        Files.writeString(directory.resolve("hex.conf"), "maxclients \"\\x31\"\n");
        Files.writeString(directory.resolve("good.conf"), "maxclients 100\n");
        Files.writeString(directory.resolve("no.toml"), "product_name =\n");
        Files.writeString(
                directory.resolve("bad.toml"),
                "product_name = \"a b\"\n\nadmin_addr = \"here\"\nmigration_parallel_slots = 0\n");
    }

    static Stream<Arguments> commandLines() {
        return Stream.of(
                line("no cluster secret: give --cluster-secret-file or set CODIS_SECRET_FILE", "codis-server"),
                line(
                        "port 60000: 1 to 55535, since the launcher uses the port 10000 above",
                        "codis-server",
                        "-p",
                        "60000"),
                line("port 0: 1 to 55535", "codis-server", "--port", "0"),
                line("port six: not a number", "codis-server", "--config", "port=six"),
                line("'six' is not an int", "codis-server", "--port", "six"),
                line("--lease 0.0: 0.5 to 3600 seconds", "codis-server", "--lease", "0"),
                line("--stop-timeout 9999.0: 0.5 to 3600 seconds", "codis-server", "--stop-timeout", "9999"),
                line("--config \"maxclients\": write it as key=value", "codis-server", "--config", "maxclients"),
                line("DIR/missing.conf: cannot be read", "codis-server", "DIR/missing.conf"),
                line("DIR/quotes.conf:2: unbalanced quotes", "codis-server", "DIR/quotes.conf"),
                line("DIR/hex.conf:1: hexadecimal escapes are not read here", "codis-server", "DIR/hex.conf"),
                line(
                        "argument \"stray\": an option, such as --maxmemory 1gb, should be here",
                        "codis-server",
                        "DIR/good.conf",
                        "stray"),
                line(
                        "NoEngine: --engine DIR/engine: not an executable file",
                        "codis-server",
                        "--cluster-secret-file",
                        "DIR/secret",
                        "--engine",
                        "DIR/engine"),
                line("Unknown option: '--nonsense'", "codis-dashboard", "--nonsense"),
                line("Missing required parameter for option '--config' (FILE)", "codis-dashboard", "-c"),
                line("configuration file DIR/none.toml does not exist", "codis-dashboard", "-c", "DIR/none.toml"),
                line("DIR/no.toml:1: not TOML", "codis-dashboard", "-c", "DIR/no.toml"),
                line("bad.toml:1 product_name = \"a b\": not a product name", "codis-dashboard", "-c", "DIR/bad.toml"),
                line("bad.toml:3 admin_addr = \"here\": not an address", "codis-dashboard", "-c", "DIR/bad.toml"),
                line("bad.toml:4 migration_parallel_slots = 0:", "codis-dashboard", "-c", "DIR/bad.toml"),
                line(
                        "invalid loglevel \"LOUD\": use ERROR, WARN, INFO, DEBUG or NONE",
                        "codis-dashboard",
                        "--log-level=LOUD"),
                line("Missing required option: '--listen=ADDR'", "codis-fe", "--filesystem", "DIR"),
                line("--dashboard-list=FILE", "codis-fe", "--listen", "127.0.0.1:9090"),
                line(
                        "--listen \"nowhere\": not an address; write host:port, such as 127.0.0.1:9090",
                        "codis-fe",
                        "--listen",
                        "nowhere",
                        "--filesystem",
                        "DIR"),
                line(
                        "--assets-dir DIR: has no index.html",
                        "codis-fe",
                        "--listen",
                        "127.0.0.1:9090",
                        "--filesystem",
                        "DIR",
                        "--assets-dir",
                        "DIR"));
    }

    private static Arguments line(String message, String... words) {
        return Arguments.of(message, List.of(words));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("commandLines")
    void theReasonIsSaid(String message, List<String> words) {
        String[] arguments = words.stream()
                .skip(1)
                .map(word -> word.replace("DIR", directory.toString()))
                .toArray(String[]::new);
        var said = new ByteArrayOutputStream();
        PrintStream before = System.err;
        int exit;
        try {
            System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
            exit = ClassicPrograms.named(words.getFirst()).orElseThrow().applyAsInt(arguments);
        } finally {
            System.setErr(before);
        }

        assertThat(said.toString(StandardCharsets.UTF_8)).contains(message.replace("DIR", directory.toString()));
        assertThat(exit).isEqualTo(2);
    }
}
