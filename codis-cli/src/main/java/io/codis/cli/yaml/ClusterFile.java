package io.codis.cli.yaml;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterReader;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecProblem;
import io.codis.core.spec.SpecReading;
import io.codis.core.spec.SpecTree;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A {@code CodisCluster} in a file. */
public final class ClusterFile {

    private ClusterFile() {}

    /** What the file says, or all that is wrong with it. */
    public static SpecReading read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (MalformedInputException e) {
            return invalid("cannot read " + file + ": it is not text in UTF-8; save it so");
        } catch (NoSuchFileException missing) {
            return invalid("no such file: " + file);
        } catch (IOException e) {
            return invalid("cannot read " + file + ": " + e.getMessage());
        }
    }

    /** As {@link #read} from the text itself. */
    public static SpecReading parse(String text) {
        List<SpecTree> documents;
        try {
            documents = YamlDocuments.read(text);
        } catch (CodisException e) {
            return invalid(Objects.requireNonNullElse(e.getMessage(), e.reason().remedy()));
        }
        return switch (documents.size()) {
            case 0 -> invalid("empty; start from examples/minimal.yaml");
            case 1 -> CodisClusterReader.read(documents.getFirst());
            default -> invalid(documents.size() + " documents in one file; keep one " + CodisClusterSpec.KIND);
        };
    }

    /** The text that {@link #parse} reads back to an equal record. */
    public static String text(CodisClusterSpec spec) {
        return YamlDocuments.write(spec.document());
    }

    /** The record of a text that was written by {@link #text}. */
    public static CodisClusterSpec require(String text) {
        return switch (parse(text)) {
            case SpecReading.Valid valid -> valid.spec();
            case SpecReading.Invalid invalid ->
                throw new CodisException(
                        Reason.INVALID_ARGUMENT,
                        String.join(
                                "\n",
                                invalid.problems().stream()
                                        .map(SpecProblem::text)
                                        .toList()));
        };
    }

    private static SpecReading invalid(String message) {
        return new SpecReading.Invalid(List.of(new SpecProblem("", 0, "", message)));
    }
}
