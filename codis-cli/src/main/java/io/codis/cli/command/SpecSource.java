package io.codis.cli.command;

import io.codis.cli.output.Output;
import io.codis.cli.yaml.ClusterFile;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecProblem;
import io.codis.core.spec.SpecReading;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Specifications from files, with notes printed and problems thrown. */
final class SpecSource {

    private static final String DEFAULT = "/examples/local.yaml";

    private SpecSource() {}

    /** @throws BadInput with every problem */
    static CodisClusterSpec file(Path file, Output out) {
        return accepted(ClusterFile.read(file), file + ": ", out);
    }

    /** The cluster that {@code codis up} starts when nothing else is asked for. */
    static CodisClusterSpec standard() {
        try (InputStream in = SpecSource.class.getResourceAsStream(DEFAULT)) {
            if (in == null) {
                throw new IllegalStateException(DEFAULT + " is missing in this build");
            }
            return ClusterFile.require(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CodisClusterSpec accepted(SpecReading reading, String prefix, Output out) {
        return switch (reading) {
            case SpecReading.Valid(CodisClusterSpec spec, List<String> notes) -> {
                notes.forEach(note -> out.progress("note: " + note));
                yield spec;
            }
            case SpecReading.Invalid(List<SpecProblem> problems) ->
                throw new BadInput(problems.stream()
                        .map(problem -> prefix + problem.text())
                        .toList());
        };
    }
}
