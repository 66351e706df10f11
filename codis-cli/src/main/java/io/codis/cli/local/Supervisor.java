package io.codis.cli.local;

import io.codis.cli.local.ClusterStatus.Phase;
import io.codis.core.plan.ClusterPlanner;
import io.codis.core.plan.Convergence;
import io.codis.core.plan.MemberId;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecProblem;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.NamedMember;
import io.codis.infra.secret.ClusterSecret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one cluster on this machine as its specification says, until it is told to stop.
 *
 * <p>One thread carries out plans; a plan that fails is made anew after a pause. Manual operations take the same lock, so
 * that they and plans never mix.
 */
public final class Supervisor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final Duration RETRY = Duration.ofSeconds(3);

    private final DataDirectory data;
    private final Programs programs;
    private final ProcessSet processes;
    private final DashboardApi dashboard;
    private final Journal journal;
    /** Guards the fields below; held for moments only. */
    private final ReentrantLock state = new ReentrantLock();

    private final Condition changed = state.newCondition();
    /** Held while a plan or a manual operation runs. */
    private final ReentrantLock operation = new ReentrantLock();

    private CodisClusterSpec spec;
    private long generation = 1;
    private long reached;
    private String doing = "starting";
    private boolean stopping;
    /** Carries out plans; interrupted when what it waits for is not wanted any more. */
    private @Nullable Thread worker;

    /** Nothing is started yet. The data directory is locked by the caller and has no leftovers. */
    public Supervisor(DataDirectory data, CodisClusterSpec spec, Path engine, Journal journal) {
        this.data = data;
        this.spec = spec;
        this.journal = journal;
        ClusterSecret.loadOrCreate(data.secret());
        this.processes = new ProcessSet(data);
        this.programs = new Programs(data, engine, JavaLaunch.ofThisProcess());
        this.dashboard = new DashboardApi(Programs.dashboardAddress(spec), spec.productName());
        processes.place(spec);
    }

    /** Carries out what is wanted until {@link #stop}; returns when all processes have ended. */
    public void run() {
        data.store(spec);
        Thread plans = Thread.ofPlatform().name("plans").unstarted(this::carryOut);
        state.lock();
        try {
            worker = plans;
            plans.start();
        } finally {
            state.unlock();
        }
        try {
            plans.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        new Shutdown(processes, ClusterSecret.load(data.secret()), journal).run();
    }

    private void carryOut() {
        Optional<Work> next = nextWork();
        while (next.isPresent()) {
            Work work = next.get();
            try {
                attempt(work);
            } catch (CodisException e) {
                failed(work, e);
            } catch (RuntimeException e) {
                LOG.error("plan failed", e);
                failed(work, new CodisException(Reason.INTERNAL, e.toString(), e));
            }
            next = nextWork();
        }
    }

    private record Work(CodisClusterSpec spec, long generation) {}

    /** Waits until there is something to do; empty when it is time to stop. */
    private Optional<Work> nextWork() {
        state.lock();
        try {
            while (!stopping && reached == generation) {
                changed.awaitUninterruptibly();
            }
            // that was for the work before
            boolean ignored = Thread.interrupted();
            return stopping ? Optional.empty() : Optional.of(new Work(spec, generation));
        } finally {
            state.unlock();
        }
    }

    private void attempt(Work work) {
        operation.lock();
        try {
            LiveChange live = LiveChange.begin(processes, programs, dashboard, work.spec());
            Convergence.run(work.spec(), driver(work.spec()), step -> {
                checkCurrent(work);
                note(step.text());
            });
            if (work.generation() > 1) {
                new ProxyRoll(processes, programs, dashboard, work.spec(), step -> {
                            checkCurrent(work);
                            note(step);
                        })
                        .run();
            }
            live.await();
        } finally {
            operation.unlock();
        }
        state.lock();
        try {
            reached = Math.max(reached, work.generation());
            doing = "";
            changed.signalAll();
        } finally {
            state.unlock();
        }
        journal.reached(work.generation());
    }

    /** A plan for a former specification ends at its next step or while it waits, which is always safe. */
    private void checkCurrent(Work work) {
        if (locked(() -> superseded(work))) {
            throw new CodisException(Reason.STALE_VERSION, "superseded");
        }
    }

    private boolean superseded(Work work) {
        return stopping || work.generation() != generation;
    }

    /** What the plan waits for may never come, and is not wanted any more. Called with {@link #state} held. */
    private void wakeWorker() {
        changed.signalAll();
        if (worker != null) {
            worker.interrupt();
        }
    }

    private void note(String text) {
        state.lock();
        try {
            doing = text;
        } finally {
            state.unlock();
        }
        if (!text.isEmpty()) {
            journal.step(text);
        }
    }

    private void failed(Work work, CodisException e) {
        state.lock();
        try {
            if (superseded(work)) {
                return;
            }
            doing = e.reason().word() + ": " + e.getMessage();
            journal.problem(doing);
            long left = RETRY.toNanos();
            while (!superseded(work) && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            // something else is wanted
        } finally {
            state.unlock();
        }
    }

    /** What a specification would change. */
    public PlannedChange plan(CodisClusterSpec wanted) {
        CodisClusterSpec now = spec();
        requireChangeable(now, wanted);
        requireNewPorts(wanted);
        var steps = new ArrayList<String>();
        ClusterPlanner.plan(wanted, driver(wanted).observe()).steps().stream()
                .map(Step::text)
                .forEach(steps::add);
        steps.addAll(new ProxyRoll(processes, programs, dashboard, wanted, step -> {}).steps());
        List<String> reasons = new SpecChange(data, now, wanted)
                .atStart().stream().map(SpecChange.AtStart::rolling).toList();
        return new PlannedChange(true, reasons, steps);
    }

    /** Replaces the specification; the generation that it will be reached under. */
    public long apply(UnaryOperator<CodisClusterSpec> change) {
        // an engine is tried with the settings, which takes a moment
        requireChangeable(spec(), change.apply(spec()));
        state.lock();
        try {
            CodisClusterSpec wanted = change.apply(spec);
            requireNewPorts(wanted);
            processes.place(wanted);
            data.store(wanted);
            spec = wanted;
            generation++;
            wakeWorker();
            return generation;
        } finally {
            state.unlock();
        }
    }

    private void requireNewPorts(CodisClusterSpec wanted) {
        PortCheck.require(processes.layout().with(wanted).ports(wanted, processes::kept));
    }

    private void requireChangeable(CodisClusterSpec now, CodisClusterSpec wanted) {
        var problems = new SpecChange(data, now, wanted).whileRunning();
        if (!now.redis().startSettings().equals(wanted.redis().startSettings())) {
            programs.objection(wanted).ifPresent(problems::add);
        }
        if (!problems.isEmpty()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    String.join("\n", problems.stream().map(SpecProblem::text).toList()));
        }
    }

    /** Moves slots so that all groups have the same number; target group by slot. Does not wait for the moves. */
    public Map<Integer, Integer> rebalance(boolean confirm) {
        return exclusively(() -> dashboard.rebalance(confirm));
    }

    /** Makes another member of the group its master and returns its name. */
    public String failOver(int group) {
        return exclusively(() -> {
            MemberId member = member(RunningCluster.view(dashboard).heir(group));
            note("make " + member + " the master of group " + group);
            driver(spec()).apply(new Step.SwitchOver(member));
            note("");
            return member.toString();
        });
    }

    /** Throws away what a replica has; returns its name when it has been started anew. */
    public String replaceMember(String server) {
        return exclusively(() -> {
            MemberId member = member(NamedMember.of(RunningCluster.view(dashboard), server, this::name)
                    .replaceable());
            note("give " + member + " its data anew");
            driver(spec()).renew(member);
            note("");
            return member.toString();
        });
    }

    private MemberId member(DashboardView.Server server) {
        return processes
                .layout()
                .memberAt(server.address())
                .orElseThrow(() ->
                        new CodisException(Reason.NOT_FOUND, server.address() + " is not a server of this runtime"));
    }

    /** Of the dashboard, by the names of servers; also while a plan waits: it may be waiting for just this. */
    <T> T asked(BiFunction<DashboardApi, UnaryOperator<String>, T> question) {
        return question.apply(dashboard, this::name);
    }

    private String name(String address) {
        return processes.layout().memberAt(address).map(MemberId::toString).orElse(address);
    }

    private <T> T exclusively(Supplier<T> action) {
        try {
            if (!operation.tryLock(1, TimeUnit.SECONDS)) {
                throw new CodisException(Reason.BUSY, "the cluster is being changed: " + doing());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted", e);
        }
        try {
            return action.get();
        } finally {
            operation.unlock();
        }
    }

    private String doing() {
        return locked(() -> doing);
    }

    /** What is wanted now. */
    public CodisClusterSpec spec() {
        return locked(() -> spec);
    }

    private <T> T locked(Supplier<T> value) {
        state.lock();
        try {
            return value.get();
        } finally {
            state.unlock();
        }
    }

    /** Addresses of all servers that are to run. */
    Collection<String> servers() {
        return processes.serverAddresses().values();
    }

    public Journal journal() {
        return journal;
    }

    public ClusterStatus status() {
        StatusReport.Progress progress;
        CodisClusterSpec current;
        state.lock();
        try {
            current = spec;
            Phase phase = stopping
                    ? Phase.STOPPING
                    : reached == generation ? Phase.READY : reached == 0 ? Phase.STARTING : Phase.CHANGING;
            progress = new StatusReport.Progress(phase, doing, generation, reached);
        } finally {
            state.unlock();
        }
        return new StatusReport(current, processes, dashboard.view()).status(progress);
    }

    /** The status as soon as the generation is reached; empty if it is stopped before. */
    Optional<ClusterStatus> awaitReached(long wanted) {
        state.lock();
        try {
            while (!stopping && reached < wanted) {
                changed.awaitUninterruptibly();
            }
            if (stopping) {
                return Optional.empty();
            }
        } finally {
            state.unlock();
        }
        return Optional.of(status());
    }

    /** Makes {@link #run} stop all processes and return. */
    public void stop() {
        state.lock();
        try {
            stopping = true;
            doing = "stopping";
            wakeWorker();
        } finally {
            state.unlock();
        }
    }

    private ProcessDriver driver(CodisClusterSpec wanted) {
        return new ProcessDriver(processes, programs, dashboard, wanted);
    }

    @Override
    public void close() {
        dashboard.close();
        processes.close();
    }
}
