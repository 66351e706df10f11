package io.codis.dashboard.migration;

import io.codis.core.codis3.ProxyStats.WantedKey;
import io.codis.core.migration.SlotAction;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.topology.Routes;
import io.codis.core.topology.Slot;
import io.codis.core.topology.SlotCommand;
import io.codis.core.topology.Topology;
import io.codis.dashboard.proxy.ProxyFleet;
import io.codis.dashboard.store.ClusterState;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves whatever the stored topology asks to be moved: one {@link SourceMover} on a thread of its own for each source. */
public final class Mover implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final long RETRY_MILLIS = 500;
    private static final long RETRY_AT_MOST_MILLIS = 5000;

    private final MoveTools tools;
    private final ProxyFleet fleet;
    private final Durability durability;
    private final Leftovers leftovers;
    private final Thread sweeper;
    private final Map<Integer, Thread> running = new ConcurrentHashMap<>();
    private final Map<Integer, MoveProgress> progress = new ConcurrentSkipListMap<>();
    private final Thread thread = Thread.ofVirtual().name("mover").unstarted(this::run);
    private volatile boolean closed;

    public Mover(MoveTools tools, ProxyFleet fleet, Durability durability) {
        this.tools = tools;
        this.fleet = fleet;
        this.durability = durability;
        this.leftovers = new Leftovers(tools.state(), tools.engines(), tools.conditions());
        this.sweeper = Thread.ofVirtual().name("leftovers").unstarted(leftovers::watch);
    }

    public void start() {
        thread.start();
        sweeper.start();
    }

    /** The moves out of each group, those that have ended included. */
    public List<MoveProgress.View> progress() {
        return progress.values().stream().map(MoveProgress::view).toList();
    }

    /** The moves that have not ended. */
    public List<MoveProgress.View> running() {
        return progress().stream()
                .filter(view -> running.containsKey(view.source()))
                .toList();
    }

    /** How many groups are being searched for keys now. */
    public int executors() {
        return (int) progress.values().stream().filter(MoveProgress::copying).count();
    }

    /** Whether any slot is on its way. */
    public boolean moving() {
        return !running.isEmpty();
    }

    /**
     * Takes a slot back to where it came from: a move that has not begun is withdrawn, one whose keys lie on both sides is
     * turned round as soon as nothing of it is being copied.
     */
    public void rollBack(int slot) {
        Topology topology = tools.state().topology();
        boolean split = slot >= 0
                && slot < topology.slots().size()
                && topology.slot(slot).group() != 0
                && topology.slot(slot).action() instanceof SlotAction.Migrating;
        if (split) {
            tools.settings().turning().add(slot);
        } else {
            tools.state().commit(new SlotCommand.WithdrawMove(slot));
        }
    }

    /** A proxy had a MIGRATE with this login broken under it; does nothing when the login has been replaced already. */
    public void loginBroken(int source, String user) {
        Topology topology = tools.state().topology();
        if (topology.groups().containsKey(source)
                && Routes.moveUser(topology.group(source)).equals(user)
                && topology.slots().stream().anyMatch(s -> s.group() == source && SlotBatch.split(s.action()))) {
            tools.settings().broken().add(user);
        }
    }

    /** A proxy holds requests for a key that is too big to be moved in one (safety rule 7): it is moved next. */
    public void keyWanted(WantedKey key) {
        Topology topology = tools.state().topology();
        Slot slot = topology.slot(SlotHash.slotOf(Base64.getDecoder().decode(key.key())));
        if (slot.group() == key.source() && slot.action() instanceof SlotAction.Migrating) {
            tools.settings().wanted().add(key);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        sweeper.interrupt();
        running.values().forEach(Thread::interrupt);
    }

    private void run() {
        try {
            long version = -1;
            while (going()) {
                Topology topology = tools.state().awaitNewer(version, LOOK);
                version = topology.version();
                topology.slots().stream()
                        .filter(s -> !s.idle())
                        .map(Slot::group)
                        .distinct()
                        .forEach(this::ensureRunning);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void ensureRunning(int source) {
        running.computeIfAbsent(
                source, ignored -> Thread.ofVirtual().name("move-" + source).start(() -> work(source)));
    }

    private void work(int source) {
        var of = progress.computeIfAbsent(source, MoveProgress::new);
        var mover = new SourceMover(source, tools, fleet, durability, leftovers, of);
        try {
            long retry = RETRY_MILLIS;
            long version = tools.state().topology().version();
            while (going() && acting(source)) {
                try {
                    if (!mover.step()) {
                        tools.state().awaitNewer(version, LOOK);
                    }
                    version = tools.state().topology().version();
                    succeeded(source, of);
                    retry = RETRY_MILLIS;
                } catch (CodisException e) {
                    failed(source, of, e);
                    Thread.sleep(retry);
                    retry = Math.min(RETRY_AT_MOST_MILLIS, retry * 2);
                }
            }
            of.open(0, 0);
        } catch (InterruptedException e) {
            // closed
        } finally {
            running.remove(source);
        }
    }

    private boolean acting(int source) {
        return tools.state().topology().slots().stream().anyMatch(s -> s.group() == source && !s.idle());
    }

    private void succeeded(int source, MoveProgress of) {
        of.status(source == 0 ? "" : tools.settings().hold().text());
        tools.conditions().clear(Reason.MOVE_FAILED, "group-[" + source + "]");
    }

    private void failed(int source, MoveProgress of, CodisException e) {
        String text = e.reason().word() + ": " + e.getMessage();
        if (!text.equals(of.status()) && going()) {
            LOG.warn(
                    "event=move-failed source={} reason={} cause={}",
                    source,
                    e.reason().word(),
                    e.getMessage());
        }
        of.status(text);
        tools.conditions().set(Reason.MOVE_FAILED, "group-[" + source + "]", text);
    }

    private boolean going() {
        return !closed && state().leading();
    }

    private ClusterState state() {
        return tools.state();
    }
}
