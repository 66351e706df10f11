package io.codis.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A real process of a test: it may be killed, frozen and thawed, and the kernel kills it when the test's JVM ends.
 *
 * <p>All are started from one thread that never ends: PR_SET_PDEATHSIG fires when the <em>thread</em> that forked is
 * gone (prctl(2)), and threads of a test come and go.
 */
public final class ChildProcess implements AutoCloseable {

    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("child-starter").factory());
    private static final Duration STOP = Duration.ofSeconds(20);

    private final String name;
    private final Path log;
    private final Process process;

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /** Starts {@code command}; what it prints is appended to {@code log}. */
    public static ChildProcess start(String name, Path log, List<String> command) {
        return start(name, log, command, Map.of());
    }

    /** The same with variables added to the environment. */
    public static ChildProcess start(String name, Path log, List<String> command, Map<String, String> environment) {
        List<String> guarded = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        guarded.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(guarded)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(name, log, STARTER.submit(builder::start).get());
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot start " + name, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting " + name, e);
        }
    }

    /** Starts a Java program with this JVM's version and class path. */
    public static ChildProcess java(String name, Path log, Class<?> main, List<String> arguments) {
        return start(name, log, javaCommand(main.getName(), arguments));
    }

    /** The command line of a Java program with this JVM's version and class path. */
    public static List<String> javaCommand(String main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx192m"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        command.add(main);
        command.addAll(arguments);
        return command;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL, and waits until the process is gone. */
    public void kill() {
        signal("KILL");
        awaitEnd(STOP);
    }

    /** SIGSTOP: the process keeps its sockets and does nothing. */
    public void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void thaw() {
        signal("CONT");
    }

    /** SIGTERM, and waits until the process is gone. */
    public int stop() {
        process.destroy();
        return awaitEnd(STOP);
    }

    /** The exit code; fails with the end of the log when the process does not end in time. */
    public int awaitEnd(Duration deadline) {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " did not end within " + deadline + "\n" + logTail());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the end of " + name, e);
        }
    }

    /** What it printed, at most the last 8 KiB. */
    public String logTail() {
        try {
            String all = Files.readString(log, StandardCharsets.ISO_8859_1);
            return all.substring(Math.max(0, all.length() - 8192));
        } catch (IOException e) {
            return "no log: " + e.getMessage();
        }
    }

    /** SIGKILL unless it has ended; frozen processes end too. */
    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }

    private void signal(String signal) {
        signal(process.pid(), signal);
    }

    /** Sends a signal to a process that a test knows by its id alone, such as the engine below a launcher. */
    public static void signal(long pid, String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling " + pid, e);
        }
    }
}
