package io.codis.it.mutants;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A mutant's classes in a directory of their own; in front of the class path they take the place of the product's. */
final class Mutated {

    private Mutated() {}

    static Path compile(Mutant mutant, Path root, Path scratch) throws IOException {
        Path source = scratch.resolve("source").resolve(mutant.file().replaceFirst(".*/java/", ""));
        Path classes = Files.createDirectories(scratch.resolve("classes"));
        Files.createDirectories(source.getParent());
        Files.writeString(source, mutant.applied(root));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var said = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options =
                    List.of("-cp", classPath(mutant, root), "-d", classes.toString(), "-proc:none", "-parameters");
            var units = files.getJavaFileObjects(source);
            if (!compiler.getTask(said, files, null, options, null, units).call()) {
                throw new AssertionError("mutant " + mutant.name() + " does not compile:\n" + said);
            }
        }
        return classes;
    }

    /** The product as it is, and the module of the test. */
    static String classPath(Mutant mutant, Path root) {
        Path tests = root.resolve(mutant.test().module()).resolve("target/test-classes");
        return Stream.of(tests.toString(), System.getProperty("java.class.path"))
                .distinct()
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
    }
}
