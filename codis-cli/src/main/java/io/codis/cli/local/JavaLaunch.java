package io.codis.cli.local;

import io.codis.cli.local.ManagedProcess.Program;
import io.codis.proxy.ProxyMain;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Starts the programs of this distribution with the same Java and the same jars.
 *
 * @param java the program {@code java}
 * @param classPath of this process
 */
record JavaLaunch(Path java, String classPath) {

    private static final String MAIN = "io.codis.cli.Codis";
    private static final String PROXY = "codis-proxy";
    private static final Pattern PROXY_JAR = Pattern.compile("codis-proxy-[0-9].*\\.jar");
    private static final String PROXY_MAIN = ProxyMain.class.getName();

    static JavaLaunch ofThisProcess() {
        return new JavaLaunch(
                Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path", ""));
    }

    /** @param heap the largest heap in MiB */
    Program program(String name, int heap, List<String> arguments, Map<String, String> environment) {
        var command = new ArrayList<>(List.of(
                java.toString(),
                "-Xmx" + heap + "m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                // what the compilers needed at the start goes back: 8 MiB of a proxy
                "-XX:TrimNativeHeapInterval=10000",
                "--enable-native-access=ALL-UNNAMED"));
        // Only the proxy works hard enough to earn back the second compiler's start.
        if (name.equals(PROXY)) {
            // Without the class archive, all of which would be resident and saves 0.4 s of CPU once; see
            // docs/benchmarks.md
            command.addAll(List.of("-Xms8m", "-XX:ReservedCodeCacheSize=24m"));
            command.addAll(proxyClasses());
        } else {
            command.add("-XX:TieredStopAtLevel=1");
            command.addAll(ClassArchive.options(classPath));
            command.addAll(List.of("-cp", classPath, MAIN, name));
        }
        command.addAll(arguments);
        return new Program(command, environment);
    }

    /**
     * In a distribution its own jar alone, whose manifest names those beside it that it needs: with all on the class path the JVM
     * keeps the directory of each in memory, 8 MiB.
     */
    private List<String> proxyClasses() {
        List<Path> entries = Arrays.stream(classPath.split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .toList();
        boolean together = entries.stream().map(Path::getParent).distinct().count() == 1;
        return entries.stream()
                .filter(entry -> together
                        && PROXY_JAR.matcher(entry.getFileName().toString()).matches())
                .findFirst()
                .map(jar -> List.of("-cp", jar.toString(), PROXY_MAIN))
                .orElse(List.of("-cp", classPath, MAIN, PROXY));
    }

    /** The program {@code codis} itself. */
    List<String> self(List<String> arguments) {
        var command = new ArrayList<>(List.of(
                java.toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                "-cp",
                classPath,
                MAIN));
        command.addAll(arguments);
        return command;
    }
}
