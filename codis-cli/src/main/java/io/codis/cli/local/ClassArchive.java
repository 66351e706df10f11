package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;

/**
 * The classes of this distribution as the JVM keeps them in memory, shared by all its processes; a start then costs two
 * thirds of the CPU time. A JVM that finds an archive of other jars does without.
 */
public final class ClassArchive {

    private static final String FILE = "codis.jsa";
    private static final long LIMIT_SECONDS = 300;
    /** All of an archive is resident in each process: with these it was 139 MB. */
    private static final List<String> NOT_HERE = List.of(
            "redis/embedded/",
            "io/codis/operator/",
            "io/fabric8/",
            "io/javaoperatorsdk/",
            "io/micrometer/",
            "io/netty/",
            "org/apache/curator/",
            "org/apache/zookeeper/");

    private ClassArchive() {}

    /** Options for a process with this class path; none if there is no archive. */
    static List<String> options(String classPath) {
        Path archive = beside(classPath);
        if (!Files.exists(archive)) {
            return List.of();
        }
        return List.of(
                "-XX:SharedArchiveFile=" + archive,
                "-Xlog:cds=off",
                // at the address that it was made for its pages need no patching, so all processes share them
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:ArchiveRelocationMode=0");
    }

    /** Makes the archive of this process' jars, beside them. */
    public static void build() {
        String classPath = System.getProperty("java.class.path", "");
        Path archive = beside(classPath);
        try {
            Path list = Files.createTempFile("codis", ".classlist");
            Files.write(list, classes(classPath));
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xshare:dump",
                            "-Xlog:disable",
                            "-XX:+UseSerialGC",
                            "-XX:SharedClassListFile=" + list,
                            "-XX:SharedArchiveFile=" + archive,
                            "-cp",
                            classPath)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            Files.delete(list);
            if (!ended || process.exitValue() != 0) {
                process.destroyForcibly();
                Files.deleteIfExists(archive);
                throw new CodisException(
                        Reason.INTERNAL, "the class archive was not made; starts are slower without it");
            }
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "cannot make " + archive + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted", e);
        }
    }

    private static Path beside(String classPath) {
        return Path.of(classPath.split(":", -1)[0]).toAbsolutePath().resolveSibling(FILE);
    }

    /** What the JDK's own list names, and every class of our jars but those that no process of this machine loads. */
    private static List<String> classes(String classPath) throws IOException {
        var classes = new ArrayList<String>();
        Files.readAllLines(Path.of(System.getProperty("java.home"), "lib", "classlist")).stream()
                .filter(line -> !line.startsWith("@") && !line.startsWith("#"))
                .forEach(classes::add);
        for (String jar : classPath.split(":", -1)) {
            try (var file = new JarFile(jar)) {
                file.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.endsWith(".class"))
                        .filter(name -> !name.endsWith("-info.class") && !name.startsWith("META-INF/"))
                        .filter(name -> NOT_HERE.stream().noneMatch(name::startsWith))
                        .forEach(name -> classes.add(name.substring(0, name.length() - ".class".length())));
            }
        }
        return classes;
    }
}
