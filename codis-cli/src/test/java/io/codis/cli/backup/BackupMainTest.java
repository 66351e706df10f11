package io.codis.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.output.Output;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BackupMainTest {

    static Stream<Arguments> commandLines() {
        return Stream.of(
                line("Missing required options: '--dashboard=ADDR', '--to=DIR'"),
                line(
                        "no cluster secret: give --cluster-secret-file or set CODIS_SECRET_FILE",
                        "--dashboard=127.0.0.1:1",
                        "--to=x"),
                line(
                        "--keep=-1: must not be less than 0",
                        "--dashboard=127.0.0.1:1",
                        "--to=x",
                        "--cluster-secret-file=x",
                        "--keep=-1"),
                line("'many' is not an int", "--dashboard=127.0.0.1:1", "--to=x", "--keep-days=many"));
    }

    private static Arguments line(String message, String... arguments) {
        return Arguments.of(message, List.of(arguments));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("commandLines")
    void aWrongCommandLineSaysWhy(String message, List<String> arguments) {
        var said = new ByteArrayOutputStream();
        var err = new PrintStream(said, true, StandardCharsets.UTF_8);

        int exit = BackupMain.run(new Output(err, err, false), arguments.toArray(String[]::new));

        assertThat(said.toString(StandardCharsets.UTF_8)).contains(message);
        assertThat(exit).isEqualTo(2);
    }
}
