package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecProblem;
import io.codis.infra.dashboard.Deadline;
import io.codis.infra.log.Logging;
import io.codis.server.engine.EngineFit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Starts and ends the cluster of one data directory. */
public final class LocalRuntime {

    private static final Duration STOP = Duration.ofSeconds(90);
    private static final Duration BACKGROUND = Duration.ofSeconds(30);
    private static final String SUPERVISOR = "supervisor";

    private final DataDirectory data;

    public LocalRuntime(DataDirectory data) {
        this.data = data;
    }

    /** What keeps the specification from being run here, as far as it can be told without starting anything. */
    public List<SpecProblem> problems(CodisClusterSpec spec) {
        var problems = new ArrayList<>(data.storedSpec()
                .map(stored -> new SpecChange(data, stored, spec).always())
                .orElseGet(() -> Layout.collisions(spec)));
        try {
            Path engine = new EngineFinder(System.getenv(), data.cache()).find();
            EngineTrial.problem(engine, spec.redis()).ifPresent(problems::add);
            unreadable(engine).ifPresent(problems::add);
        } catch (CodisException e) {
            problems.add(new SpecProblem("", 0, "", e.reason().word() + ": " + e.getMessage()));
        }
        return problems;
    }

    /** One server says it for all. */
    private Optional<SpecProblem> unreadable(Path engine) {
        return data.servers().stream()
                .flatMap(directory -> EngineFit.objection(engine, directory).stream())
                .findFirst()
                .map(why -> new SpecProblem(
                        "",
                        0,
                        "",
                        Reason.ENGINE_TOO_OLD.word() + ": " + why + "; " + Reason.ENGINE_TOO_OLD.remedy()
                                + ": set REDIS_SERVER, or the PATH, to its program. Nothing is lost: " + engine
                                + " was not started"));
    }

    /** Fails as {@link #run} would, before anything is started. */
    public void requireStartable(CodisClusterSpec spec) {
        prepare(spec);
        try (DirectoryLock lock = lock()) {
            Leftovers.end(data);
            requirePorts(spec);
        }
    }

    /** Fails where {@link #run} would; what a killed supervisor left behind is ended by then, and is in nobody's way. */
    public void requireFreePorts(CodisClusterSpec spec) {
        Set<String> leftovers = Leftovers.find(data).keySet();
        PortCheck.require(Layout.load(data).with(spec).ports(spec, leftovers::contains));
    }

    private void prepare(CodisClusterSpec spec) {
        if (Files.notExists(data.lock())) {
            // Never started: who holds a port is no leftover of ours, and nothing has to be made to find that out.
            requirePorts(spec);
        }
        data.create();
    }

    private void requirePorts(CodisClusterSpec spec) {
        PortCheck.require(Layout.load(data).with(spec).ports(spec));
    }

    private DirectoryLock lock() {
        return DirectoryLock.tryAcquire(data.lock())
                .orElseThrow(() -> new CodisException(
                        Reason.BUSY,
                        "a cluster already runs in " + data.root() + "; see " + data.codis("status")
                                + ", or choose another with --data"));
    }

    /**
     * Runs the cluster until this process is told to end (Ctrl-C, SIGTERM, codis down), then stops it.
     *
     * @param background standard error is the log
     * @param ready told once, when all is as wanted
     * @param stopped told when nothing runs any more; after a signal the process ends right behind it
     */
    public void run(
            CodisClusterSpec spec,
            Journal journal,
            boolean background,
            Consumer<ClusterStatus> ready,
            Runnable stopped) {
        prepare(spec);
        try (DirectoryLock lock = lock()) {
            if (background) {
                Logging.configure(null, "INFO");
            } else {
                Logging.append(data.log(SUPERVISOR), "INFO");
            }
            Leftovers.end(data);
            requirePorts(spec);
            Path engine = new EngineFinder(System.getenv(), data.cache()).find();
            var ended = new CountDownLatch(1);
            try {
                supervise(new Supervisor(data, spec, engine, journal), ended, ready);
                stopped.run();
            } finally {
                ended.countDown();
            }
        }
    }

    /** @param ended awaited before a signal ends the process */
    private void supervise(Supervisor supervisor, CountDownLatch ended, Consumer<ClusterStatus> ready) {
        try (supervisor;
                LogRotation logs = LogRotation.start(data.logs());
                ControlApi api = ControlApi.start(supervisor, data)) {
            Thread hook = Thread.ofPlatform().name("stop").unstarted(() -> {
                supervisor.stop();
                await(ended);
            });
            Runtime.getRuntime().addShutdownHook(hook);
            Thread.ofVirtual().name("ready").start(() -> whenReady(supervisor, ready));
            supervisor.run();
        }
    }

    private static void whenReady(Supervisor supervisor, Consumer<ClusterStatus> ready) {
        supervisor.awaitReached(1).ifPresent(ready);
    }

    private static void await(CountDownLatch ended) {
        try {
            if (!ended.await(STOP.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("not all processes ended within " + STOP.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts {@code codis} with these arguments in a session of its own and returns when it can be asked. */
    public void startInBackground(List<String> arguments) {
        Path log = data.log(SUPERVISOR);
        var command = new ArrayList<String>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.addAll(JavaLaunch.ofThisProcess().self(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            Deadline deadline = Deadline.in(BACKGROUND);
            while (!listens()) {
                if (!process.isAlive() || !deadline.pause()) {
                    throw new CodisException(Reason.UNAVAILABLE, "the supervisor did not start; see " + log);
                }
            }
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "cannot start the supervisor: " + e.getMessage(), e);
        }
    }

    private boolean listens() {
        try {
            ControlApi.access(data);
            return true;
        } catch (CodisException notYet) {
            return false;
        }
    }

    /** Ends the children of a supervisor that was killed; their names. Empty while a supervisor runs. */
    public static List<String> endLeftovers(DataDirectory data) {
        if (!Files.isDirectory(data.run())) {
            return List.of();
        }
        var lock = DirectoryLock.tryAcquire(data.lock());
        if (lock.isEmpty()) {
            return List.of();
        }
        try (DirectoryLock held = lock.get()) {
            return Leftovers.end(data);
        }
    }
}
