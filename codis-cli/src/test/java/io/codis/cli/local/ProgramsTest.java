package io.codis.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.local.ManagedProcess.Program;
import io.codis.cli.yaml.ClusterFile;
import io.codis.core.plan.MemberId;
import io.codis.core.plan.Part;
import io.codis.core.spec.CodisClusterSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {

    @TempDir
    private Path directory;

    /** A plan asks for programs of a specification that may never be applied. */
    @Test
    void whatAProgramReadsIsWrittenWhenItStartsAndNotBefore() throws IOException {
        var data = new DataDirectory(directory.resolve("data"));
        data.create();
        CodisClusterSpec spec = ClusterFile.require(Files.readString(Path.of("../examples/local.yaml")));
        var programs = new Programs(data, Path.of("engine"), JavaLaunch.ofThisProcess());

        List<Program> all = List.of(
                programs.server(new MemberId(1, 1), 6381, spec),
                programs.proxy(1, spec),
                programs.part(Part.DASHBOARD, spec));

        try (Stream<Path> files = Files.list(data.conf("x").getParent())) {
            assertThat(files).isEmpty();
        }
        try (var spawner = new Spawner()) {
            for (Program program : all) {
                var settings = program.settings().orElseThrow();
                assertThat(program.command())
                        .anyMatch(word -> word.contains(settings.file().toString()));
                var reads =
                        new Program(List.of("cat", settings.file().toString()), program.environment()).with(settings);
                var process = new ManagedProcess(settings.file().getFileName().toString(), reads, data, spawner);
                process.start();
                process.release();
                assertThat(settings.file()).hasContent(settings.all());
            }
        }
    }
}
