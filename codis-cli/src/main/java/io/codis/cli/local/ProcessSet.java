package io.codis.cli.local;

import io.codis.cli.local.ManagedProcess.Program;
import io.codis.core.plan.MemberId;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.infra.dashboard.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The children of this supervisor by name, and the ports of the servers. */
final class ProcessSet implements AutoCloseable {

    /** A server may have much to load, and all to copy from its master. */
    private static final Duration SERVES_WITHIN = Duration.ofMinutes(10);

    private final DataDirectory data;
    private final Spawner spawner = new Spawner();
    private final Map<String, ManagedProcess> processes = new ConcurrentSkipListMap<>();
    private volatile Layout layout;

    ProcessSet(DataDirectory data) {
        this.data = data;
        this.layout = Layout.load(data);
    }

    DataDirectory data() {
        return data;
    }

    Layout layout() {
        return layout;
    }

    /** Gives every server of the specification its port, for good. */
    void place(CodisClusterSpec spec) {
        layout = layout.with(spec);
        layout.store(data);
    }

    void forget(MemberId member) {
        drop(member.toString());
        layout = layout.without(member);
        layout.store(data);
    }

    void start(String name, Program program) {
        @Nullable ManagedProcess existing = processes.get(name);
        if (existing != null && existing.kept()) {
            return;
        }
        var process = new ManagedProcess(name, program, data, spawner);
        processes.put(name, process);
        process.start();
    }

    void stop(String name, Duration grace) {
        Optional.ofNullable(processes.get(name)).ifPresent(process -> process.stop(grace));
    }

    /** Whether the process runs with other settings than {@code program}'s. */
    boolean behind(String name, Program program) {
        return Optional.ofNullable(processes.get(name))
                .map(process -> process.behind(program))
                .orElse(false);
    }

    void setLive(String name, Program program) {
        Optional.ofNullable(processes.get(name)).ifPresent(process -> process.setLive(program));
    }

    /**
     * Stops it, starts it and waits until it serves.
     *
     * @param serves whether the new process does: what others say may be of the one before
     */
    void restart(String name, Program program, Duration grace, BooleanSupplier serves) {
        stop(name, grace);
        start(name, program);
        Deadline deadline = Deadline.in(SERVES_WITHIN);
        while (!serves.getAsBoolean()) {
            if (!deadline.pause()) {
                throw new CodisException(
                        Reason.TIMED_OUT,
                        name + " does not serve " + SERVES_WITHIN.toMinutes() + " min after its restart; see "
                                + data.codis("logs " + name));
            }
        }
    }

    /** It may end by itself from now on. */
    void release(String name) {
        Optional.ofNullable(processes.get(name)).ifPresent(ManagedProcess::release);
    }

    /** Forgets a process that has been stopped. */
    void drop(String name) {
        processes.remove(name);
    }

    boolean kept(String name) {
        return Optional.ofNullable(processes.get(name))
                .map(ManagedProcess::kept)
                .orElse(false);
    }

    List<Integer> proxyOrdinals() {
        return processes.keySet().stream()
                .filter(name -> name.startsWith("proxy-"))
                .map(name -> Integer.parseInt(name.substring("proxy-".length())))
                .sorted()
                .toList();
    }

    List<String> names(String prefix) {
        return processes.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .toList();
    }

    List<ProcessStatus> status() {
        return processes.values().stream().map(ManagedProcess::status).toList();
    }

    /** Asks several to end at the same time and waits for all. */
    void stopAll(List<String> names, Duration grace) {
        var threads = new ArrayList<Thread>();
        for (String name : names) {
            threads.add(Thread.ofVirtual().name("stop-" + name).start(() -> stop(name, grace)));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Addresses of all servers by name. */
    Map<String, String> serverAddresses() {
        var addresses = new TreeMap<String, String>();
        layout.servers().keySet().forEach(member -> addresses.put(member.toString(), layout.address(member)));
        return addresses;
    }

    @Override
    public void close() {
        spawner.close();
    }
}
