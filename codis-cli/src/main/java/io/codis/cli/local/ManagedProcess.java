package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One child that is kept running: when it ends by itself it is started again, later each time it fails quickly. */
final class ManagedProcess {

    /**
     * A file of the data directory that a program reads when it starts.
     *
     * @param live lines behind {@code text}, for which the program looks again and again while it runs
     */
    record Settings(Path file, String text, String live) {

        Settings(Path file, String text) {
            this(file, text, "");
        }

        String all() {
            return text + live;
        }

        private boolean startsAs(Settings other) {
            return file.equals(other.file) && text.equals(other.text);
        }
    }

    /**
     * What to run.
     *
     * @param settings written when it starts, and not before: the process that runs may be started again. Live ones of
     *     another program for the same process are written at once
     */
    record Program(List<String> command, Map<String, String> environment, Optional<Settings> settings) {

        Program(List<String> command, Map<String, String> environment) {
            this(command, environment, Optional.empty());
        }

        Program with(Settings read) {
            return new Program(command, environment, Optional.of(read));
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ManagedProcess.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** Whoever ran this long starts afresh with its pauses. */
    private static final Duration PROVEN = Duration.ofSeconds(30);

    /** Bytes of a log in which its last line is looked for. */
    private static final int LAST_LINES = 4 << 10;

    private static final Pattern WHY = Pattern.compile("^codis-[a-z]+: \\w+: ");

    private final String name;
    private Program program;
    private final DataDirectory data;
    private final Spawner spawner;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();
    private @Nullable Process process;
    private boolean wanted;
    private int restarts;
    private int lastExit;
    private long startedNanos;
    /** What it said last before it ended by itself, empty if it has not. */
    private String lastWords = "";
    /** Why it could not be started again, empty if it could. */
    private String problem = "";

    ManagedProcess(String name, Program program, DataDirectory data, Spawner spawner) {
        this.name = name;
        this.program = program;
        this.data = data;
        this.spawner = spawner;
    }

    String name() {
        return name;
    }

    /** Starts it and goes on starting it until {@link #stop}. */
    void start() {
        lock.lock();
        try {
            if (wanted) {
                return;
            }
            wanted = true;
            // The first start fails loudly, later ones are tried again.
            Process first = spawn();
            Thread.ofVirtual().name("keeper-" + name).start(() -> keep(first));
        } finally {
            lock.unlock();
        }
    }

    private void keep(Process first) {
        Process current = first;
        Duration pause = FIRST_PAUSE;
        while (true) {
            long began = System.nanoTime();
            int exit = await(current);
            Duration ran = Duration.ofNanos(System.nanoTime() - began);
            pause = ran.compareTo(PROVEN) > 0 ? FIRST_PAUSE : pause;
            Optional<Process> next = restart(exit, pause);
            while (next.isEmpty() && kept()) {
                pause = longer(pause);
                next = restart(exit, pause);
            }
            if (next.isEmpty()) {
                return;
            }
            current = next.get();
            pause = longer(pause);
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    /** After the pause; empty when it is stopped meanwhile, or cannot be started now, as on a full disk. */
    private Optional<Process> restart(int exit, Duration pause) {
        lock.lock();
        try {
            process = null;
            lastExit = exit;
            if (wanted) {
                lastWords = lastWords();
                LOG.warn(
                        "process ended name={} exit={} restart_ms={} log={}",
                        name,
                        exit,
                        pause.toMillis(),
                        data.log(name));
                long left = pause.toNanos();
                while (wanted && left > 0) {
                    left = stopped.awaitNanos(left);
                }
            }
            if (!wanted) {
                return Optional.empty();
            }
            restarts++;
            Process started = spawn();
            problem = "";
            return Optional.of(started);
        } catch (CodisException e) {
            problem = String.valueOf(e.getMessage());
            LOG.warn("process cannot be started name={} cause={}", name, problem);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private Process spawn() {
        // somebody may have removed some of it
        data.create();
        program.settings().ifPresent(settings -> data.write(settings.file(), settings.all()));
        Process started = spawner.spawn(program.command(), program.environment(), data.log(name));
        process = started;
        startedNanos = System.nanoTime();
        try {
            data.write(pidFile(), ProcessIdentity.of(started.pid()).text());
        } catch (CodisException e) {
            // it runs; only a supervisor after a kill -9 of this one would need the file
            LOG.warn("process is not recorded name={} cause={}", name, e.getMessage());
        }
        return started;
    }

    private static int await(Process process) {
        while (true) {
            try {
                return process.waitFor();
            } catch (InterruptedException goOn) {
                // Only its end ends the wait.
            }
        }
    }

    /** Asks it to end and waits; kills it when {@code grace} has passed. It is not started again. */
    void stop(Duration grace) {
        Optional<Process> running = release();
        if (running.isEmpty()) {
            return;
        }
        Process child = running.get();
        child.destroy();
        try {
            if (!child.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("process killed name={} grace_ms={}", name, grace.toMillis());
                child.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
            Files.deleteIfExists(pidFile());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted while stopping " + name, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It may end by itself from now on; the process, if there is one. */
    Optional<Process> release() {
        lock.lock();
        try {
            wanted = false;
            stopped.signalAll();
            return Optional.ofNullable(process);
        } finally {
            lock.unlock();
        }
    }

    /** It is there or about to be. */
    boolean kept() {
        lock.lock();
        try {
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    /** It was started with other settings than those that it takes while it runs. */
    boolean behind(Program now) {
        lock.lock();
        try {
            return wanted
                    && !program.settings()
                            .flatMap(settings -> now.settings().map(settings::startsAs))
                            .orElse(program.settings().equals(now.settings()));
        } finally {
            lock.unlock();
        }
    }

    /** Has it take the live settings of another program; what it reads when it starts stays. */
    void setLive(Program now) {
        lock.lock();
        try {
            Settings settings = program.settings().orElseThrow();
            String live = now.settings().orElseThrow().live();
            if (wanted && !settings.live().equals(live)) {
                var changed = new Settings(settings.file(), settings.text(), live);
                data.write(changed.file(), changed.all());
                program = program.with(changed);
            }
        } finally {
            lock.unlock();
        }
    }

    ProcessStatus status() {
        lock.lock();
        try {
            Optional<Process> running = Optional.ofNullable(process).filter(Process::isAlive);
            return new ProcessStatus(
                    name,
                    running.map(Process::pid).orElse(0L),
                    running.isPresent() ? "running" : wanted ? restarting() : "stopped",
                    restarts,
                    data.log(name).toString(),
                    wanted && !proven(running.isPresent()) ? lastWords : "");
        } finally {
            lock.unlock();
        }
    }

    private boolean proven(boolean running) {
        return running && System.nanoTime() - startedNanos > PROVEN.toNanos();
    }

    /** Every program says last why it ends, after its name and a word for the reason. */
    private String lastWords() {
        try {
            return LogFollower.of(data.log(name))
                    .tail(LAST_LINES)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .reduce((earlier, later) -> later)
                    .filter(line -> WHY.matcher(line).find())
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    private String restarting() {
        return "restarting (exit " + lastExit + ")" + (problem.isEmpty() ? "" : ": " + problem);
    }

    private Path pidFile() {
        return data.run().resolve(name + ".pid");
    }
}
