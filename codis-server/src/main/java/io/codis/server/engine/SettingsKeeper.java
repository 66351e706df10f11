package io.codis.server.engine;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.ServerState.Engine;
import io.codis.core.wire.TakenSettings;
import io.codis.infra.redis.EngineError;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import io.codis.server.config.EngineSettings;
import io.codis.server.config.LauncherConfig;
import io.codis.server.engine.EngineWatch.Observation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the engine its live settings, when it starts and when their file changes (decision 33).
 *
 * <p>The engine starts without them. So what it has before one is first set is its own value, which it gets back when the
 * setting is taken out of the file.
 */
public final class SettingsKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsKeeper.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final String POLICY = "maxmemory-policy";
    private static final List<String> MEMORY = List.of("maxmemory", POLICY);
    private static final String BUFFERS = "client-output-buffer-limit";
    private static final String PREFIX = "^ERR (CONFIG SET failed \\(possibly related to argument '[^']*'\\) - )?";

    private final String engine;
    private final Supplier<EngineSettings> now;
    private final EngineControl control;
    private final EngineWatch watch;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private EngineSettings wanted;
    private String unreadable = "";
    /** The run that the maps below are about, 0 for none. */
    private long run;

    private final Map<String, String> own = new HashMap<>();
    private final Map<String, String> asked = new HashMap<>();
    private final Map<String, String> refused = new TreeMap<>();

    /** The run that has been asked for all of them: whoever gives it a role does not wait for a change that hangs. */
    private volatile long complete;

    private volatile TakenSettings taken;
    private volatile boolean closed;

    public SettingsKeeper(LauncherConfig config, EngineControl control, EngineWatch watch) {
        this.engine = String.valueOf(config.engine().getFileName());
        this.wanted = config.settings();
        this.now = config.settingsNow();
        this.control = control;
        this.watch = watch;
        this.taken = new TakenSettings(wanted.digest(), wanted.refused());
    }

    /** Begins to look at the file. */
    public void start() {
        Thread.ofVirtual().name("live-settings").start(this::watch);
    }

    /** What the engine was last asked to have, and what it did not take. */
    public TakenSettings taken() {
        return taken;
    }

    /**
     * Returns when this run of the engine has been asked to have all of them.
     *
     * @throws CodisException when it does not answer, or is another run
     */
    public void ready(EngineReport seen) {
        if (complete == seen.run()) {
            return;
        }
        lock.lock();
        try {
            set(seen);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private void watch() {
        while (!closed) {
            try {
                look();
                Thread.sleep(PERIOD);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look() {
        lock.lock();
        try {
            read();
            Observation seen = watch.last();
            EngineReport report = seen.report();
            if (report != null && seen.phase() == Engine.UP) {
                set(report);
            }
        } catch (CodisException e) {
            LOG.debug("the engine is asked again cause=\"{}\"", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("live settings failed", e);
        } finally {
            lock.unlock();
        }
    }

    /** Of a file that cannot be read, or holds what no engine may have, nothing is taken. */
    private void read() {
        try {
            wanted = now.get().after(wanted);
            unreadable = "";
        } catch (CodisException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(unreadable)) {
                LOG.warn("settings stay as they are cause=\"{}\"", why);
            }
            unreadable = why;
        }
    }

    private void set(EngineReport seen) {
        if (seen.run() < run) {
            return;
        }
        if (seen.run() > run) {
            run = seen.run();
            own.clear();
            asked.clear();
            refused.clear();
        }
        Map<String, String> live = wanted.live();
        var changed = new TreeSet<>(live.keySet());
        changed.addAll(asked.keySet());
        changed.removeIf(name -> Objects.equals(live.get(name), asked.get(name)));
        refused.keySet().removeAll(changed);
        if (!changed.isEmpty()) {
            try (RedisConnection connection = control.connect(PATIENCE)) {
                // a process that has taken its place since has other values of its own
                if (!control.report(connection, run).runId().equals(seen.runId())) {
                    throw new CodisException(Reason.ENGINE_RESTARTED, "the engine restarted while it got its settings");
                }
                if (changed.removeAll(MEMORY)) {
                    setMemory(connection, live);
                }
                changed.forEach(name -> set(connection, name, live));
            }
        }
        complete = run;
        var problems = Stream.of(List.of(unreadable), wanted.refused(), refused.values())
                .flatMap(each -> each.stream())
                .filter(text -> !text.isEmpty())
                .toList();
        taken = new TakenSettings(wanted.digest(), problems);
    }

    /**
     * Whatever changes of the two, nothing is evicted that neither the old pair nor the new one would evict: who evicts now
     * gets the other policy first, who does not gets it last, and never one without the other.
     */
    private void setMemory(RedisConnection connection, Map<String, String> live) {
        boolean evicts = get(connection, POLICY)
                .filter(policy -> !policy.equals("noeviction"))
                .isPresent();
        boolean taken = true;
        refused.keySet().removeAll(MEMORY);
        for (String name : evicts ? MEMORY.reversed() : MEMORY) {
            if (taken && (live.containsKey(name) || asked.containsKey(name))) {
                taken = set(connection, name, live);
            }
            note(name, live);
        }
    }

    /** Whether it was taken. */
    private boolean set(RedisConnection connection, String name, Map<String, String> live) {
        if (!own.containsKey(name)) {
            get(connection, name).ifPresent(value -> own.put(name, value));
        }
        String before = own.getOrDefault(name, "");
        String value = live.getOrDefault(name, before);
        // classes of clients that are not named have the engine's own limits
        String told = name.equals(BUFFERS) && live.containsKey(name) ? before + " " + value : value;
        // what the engine does not know cannot be taken back either
        boolean known = live.containsKey(name) || own.containsKey(name);
        Object reply = known ? connection.tryCall("CONFIG", "SET", name, told) : "OK";
        if (reply instanceof EngineError error && !error.code().equals("ERR")) {
            throw error.asException(connection.address(), "CONFIG SET");
        }
        note(name, live);
        if (reply instanceof EngineError error) {
            String why = error.text().replaceFirst(PREFIX, "");
            refused.put(name, engine + " does not take '" + name + " " + value + "': " + why);
            LOG.warn("not set live: {} {} cause=\"{}\"", name, value, why);
            return false;
        }
        LOG.info("set live: {} {}", name, value);
        return true;
    }

    /** It has been asked for. */
    private void note(String name, Map<String, String> live) {
        if (live.containsKey(name)) {
            asked.put(name, live.get(name));
        } else {
            asked.remove(name);
        }
    }

    private static Optional<String> get(RedisConnection connection, String name) {
        List<?> pair = Replies.list(connection.call("CONFIG", "GET", name));
        return pair.size() == 2 ? Optional.of(Replies.text(pair.getLast())) : Optional.empty();
    }
}
