package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Starts children that die with this process and that a Ctrl-C at the terminal does not reach.
 *
 * <p>The kernel sends the death signal when the thread that forked ends, so one thread that never ends forks them all.
 */
final class Spawner implements AutoCloseable {

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("spawner").factory());
    private final List<String> prefix = prefix();

    /** Output and errors are appended to {@code log}. */
    Process spawn(List<String> command, Map<String, String> environment, Path log) {
        var whole = new ArrayList<>(prefix);
        whole.addAll(command);
        var builder = new ProcessBuilder(whole)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return thread.submit(builder::start).get();
        } catch (ExecutionException e) {
            @Nullable Throwable cause = e.getCause();
            throw new CodisException(Reason.UNAVAILABLE, "cannot start " + command.getFirst() + ": " + cause, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted while starting " + command.getFirst(), e);
        }
    }

    /** Both replace themselves by the program, so that the pid is the program's. */
    private static List<String> prefix() {
        var prefix = new ArrayList<String>();
        find("setsid").ifPresent(prefix::add);
        find("setpriv").ifPresent(setpriv -> prefix.addAll(List.of(setpriv, "--pdeathsig", "TERM")));
        return prefix;
    }

    private static Optional<String> find(String program) {
        for (String directory : new String[] {"/usr/bin", "/bin", "/usr/local/bin"}) {
            Path path = Path.of(directory, program);
            if (Files.isExecutable(path)) {
                return Optional.of(path.toString());
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
