package io.codis.server.engine;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.log.Logging;
import io.codis.server.config.LauncherConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one engine process running, each time with the same configuration, and tells its runs apart.
 *
 * <p>The kernel kills the engine when the <em>thread</em> that started it ends (PR_SET_PDEATHSIG, prctl(2)), so {@link
 * #run} must be called on a platform thread that lives as long as the launcher: the main thread. The shell between
 * looks again whether the launcher still lives, since it may have died before the kernel was told to watch it; an
 * engine without its launcher would never be fenced.
 */
public final class EngineSupervisor {

    private static final Logger LOG = LoggerFactory.getLogger(EngineSupervisor.class);
    private static final String GUARD = "[ \"$PPID\" = \"$1\" ] || exit 97; shift; exec \"$@\"";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration STABLE = Duration.ofSeconds(30);
    private static final int HOPELESS_STARTS = 3;
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Path engine;
    private final String configuration;
    private final Path directory;
    private final LastWords lastWords = new LastWords();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // guarded by lock
    private boolean stopping;
    private @Nullable Runnable betweenRuns;
    private int startsWithoutAnswer;
    private boolean answeredOnce;

    private volatile @Nullable EngineRun current;

    private EngineSupervisor(Path engine, String configuration, Path directory) {
        this.engine = engine;
        this.configuration = configuration;
        this.directory = directory;
    }

    /** The engine of this configuration, which knows these users. */
    public static EngineSupervisor of(LauncherConfig config, EngineConfig.Users users) {
        return new EngineSupervisor(config.engine(), EngineConfig.text(config, users), config.dir());
    }

    /** The engine's process as it runs; null while there is none. */
    public @Nullable EngineRun current() {
        EngineRun run = current;
        return run != null && run.isAlive() ? run : null;
    }

    /**
     * Starts the engine again and again until {@link #stop}; returns when the last one has ended.
     *
     * @throws CodisException {@link Reason#SETTINGS_REFUSED} or {@link Reason#NO_ENGINE} when it ends three times without
     *     having answered once; {@link Reason#ENGINE_TOO_OLD} before it is started on data that it does not read
     */
    public void run() {
        Duration pause = FIRST_PAUSE;
        long number = 0;
        while (beforeStart()) {
            long started = System.nanoTime();
            EngineRun run = start(++number);
            int code = run.awaitEnd();
            current = null;
            pause = System.nanoTime() - started > STABLE.toNanos() ? FIRST_PAUSE : doubled(pause);
            if (afterEnd(run, code, pause)) {
                return;
            }
        }
    }

    /** The current run has answered, so its configuration is good; whether its data is, it knows when it has loaded it. */
    public void answered(boolean loading) {
        lock.lock();
        try {
            answeredOnce = true;
            if (!loading) {
                startsWithoutAnswer = 0;
                lastWords.forget();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Why the engine does not start, in its own words; empty when it does, or has not said it. */
    public String trouble() {
        return failing() ? lastWords.trouble() : "";
    }

    /** It does not start because it cannot load what is on its volume. */
    public boolean damaged() {
        return failing() && lastWords.damaged();
    }

    /** SIGKILL to the current engine, after which {@code work} is done before the next one starts. */
    public void restartWith(Runnable work) {
        lock.lock();
        try {
            betweenRuns = work;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        EngineRun run = current;
        if (run != null) {
            run.kill();
        }
    }

    /** No further start. The caller ends the current engine. */
    public void stop() {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean beforeStart() {
        Runnable work;
        lock.lock();
        try {
            if (stopping) {
                return false;
            }
            work = betweenRuns;
            betweenRuns = null;
            if (work != null) {
                startsWithoutAnswer = 0;
                lastWords.forget();
            }
        } finally {
            lock.unlock();
        }
        if (work != null) {
            work.run();
        }
        return true;
    }

    /** Whether that was the last run. */
    private boolean afterEnd(EngineRun run, int code, Duration pause) {
        lock.lock();
        try {
            if (stopping) {
                return true;
            }
            LOG.warn("engine ended pid={} code={} restart_in_ms={}", run.pid(), code, pause.toMillis());
            run.awaitOutput(LAST_WORDS);
            // whoever cannot load its data may be given that of its master
            if (++startsWithoutAnswer >= HOPELESS_STARTS && !answeredOnce && !lastWords.damaged()) {
                throw hopeless(code);
            }
            if (betweenRuns == null) {
                boolean ignored = changed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            }
            return stopping;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private CodisException hopeless(int code) {
        String said = lastWords.said();
        return LastWords.refusal(said)
                .map(setting ->
                        new CodisException(Reason.SETTINGS_REFUSED, engine.getFileName() + " does not take " + setting))
                .orElseGet(() -> new CodisException(
                        Reason.NO_ENGINE,
                        engine + " ended " + HOPELESS_STARTS + " times before it answered, last with code " + code
                                + ": " + LastWords.last(said)));
    }

    /** Who gets the engine's lines beside standard output: its log's copy, and who has to say why it does not start. */
    private Optional<Consumer<byte[]>> listener() {
        Optional<Consumer<byte[]>> copy = Logging.copyOfLines();
        return failing() ? Optional.of(copy.map(lastWords::andThen).orElse(lastWords)) : copy;
    }

    private boolean failing() {
        lock.lock();
        try {
            return startsWithoutAnswer > 0;
        } finally {
            lock.unlock();
        }
    }

    private EngineRun start(long number) {
        EngineFit.require(engine, directory);
        var command =
                new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--", "sh", "-c", GUARD, "codis-server"));
        command.add(Long.toString(ProcessHandle.current().pid()));
        command.add(engine.toString());
        command.add("-");
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        Optional<Consumer<byte[]>> listener = listener();
        lastWords.forget();
        if (listener.isEmpty()) {
            builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
        }
        builder.environment().keySet().removeIf(name -> name.startsWith("CODIS_"));
        try {
            Process process = builder.start();
            var output = listener.map(lines -> EngineOutput.carry(process.getInputStream(), System.out, lines));
            var run = new EngineRun(number, process, output);
            current = run;
            configure(run);
            return run;
        } catch (IOException e) {
            throw new CodisException(
                    Reason.NO_ENGINE,
                    "cannot start " + engine + " by setpriv (util-linux) and sh: " + e.getMessage(),
                    e);
        }
    }

    /** An engine that ends before it has read everything says why by itself. */
    private void configure(EngineRun run) {
        try (OutputStream in = run.input()) {
            in.write(configuration.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.warn("engine took no configuration pid={} cause=\"{}\"", run.pid(), e.getMessage());
            run.kill();
        }
    }

    private static Duration doubled(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }
}
