package io.codis.server.config;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.LiveSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The settings that reach the engine, in order, and a note for each that was left out.
 *
 * @param passed later ones win, as in the engine
 * @param notes one sentence each, for the log
 * @param refused one sentence for each that this server cannot have; another value stands in for it
 * @param digest of the file's live lines
 */
public record EngineSettings(List<Setting> passed, List<String> notes, List<String> refused, String digest) {

    private static final String MAXMEMORY = "maxmemory";

    private static final String ROLE = "the role of a server is given by the dashboard";
    private static final String ACCESS = "logins are derived from the cluster's secret";
    private static final String PROCESS = "the launcher keeps the engine as its child";
    private static final String ADDRESS = "the launcher announces the server's own address";
    private static final String FENCING = "a server without its master must answer nothing";

    private static final Map<String, String> LEFT_OUT = Map.ofEntries(
            Map.entry("replicaof", ROLE),
            Map.entry("slaveof", ROLE),
            Map.entry("primaryauth", ACCESS),
            Map.entry("primaryuser", ACCESS),
            Map.entry("masterauth", ACCESS),
            Map.entry("masteruser", ACCESS),
            Map.entry("requirepass", ACCESS),
            Map.entry("user", ACCESS),
            Map.entry("aclfile", ACCESS),
            Map.entry("protected-mode", ACCESS),
            Map.entry("daemonize", PROCESS),
            Map.entry("supervised", PROCESS),
            Map.entry("pidfile", PROCESS),
            Map.entry("replica-announce-ip", ADDRESS),
            Map.entry("replica-announce-port", ADDRESS),
            Map.entry("slave-announce-ip", ADDRESS),
            Map.entry("slave-announce-port", ADDRESS),
            Map.entry("replica-serve-stale-data", FENCING),
            Map.entry("slave-serve-stale-data", FENCING),
            Map.entry("replica-read-only", FENCING),
            Map.entry("slave-read-only", FENCING));

    private static final Map<String, String> REFUSED = Map.of(
            "include", "put its lines into this file, so that each can be checked",
            "rename-command", "the launcher and the dashboard need the commands of the engine under their names",
            "sentinel", "the dashboard fails over; no sentinel is needed");

    /** Sorts the given settings; every refused one is named in one exception. */
    public static EngineSettings of(List<Setting> given) {
        var passed = new ArrayList<Setting>();
        var notes = new ArrayList<String>();
        var problems = new ArrayList<String>();
        for (Setting setting : given) {
            Optional<String> refusal = refusal(setting);
            String reason = LEFT_OUT.get(setting.key());
            if (refusal.isPresent()) {
                problems.add(setting.key() + " " + setting.text() + ": " + refusal.get());
            } else if (reason != null) {
                notes.add("setting left out: " + setting.key() + ": " + reason);
            } else {
                passed.add(setting);
            }
        }
        if (!problems.isEmpty()) {
            throw new CodisException(Reason.INVALID_ARGUMENT, String.join("\n", problems));
        }
        return new EngineSettings(List.copyOf(passed), List.copyOf(notes), List.of(), "");
    }

    EngineSettings digested(String digest) {
        return new EngineSettings(passed, notes, refused, digest);
    }

    /** Those that the engine starts with. */
    public List<Setting> atStart() {
        return passed.stream()
                .filter(setting -> !LiveSettings.has(setting.key()))
                .toList();
    }

    /** Those that it is given while it runs (decision 33), by name. */
    public Map<String, String> live() {
        var live = new TreeMap<String, String>();
        for (Setting setting : passed) {
            if (LiveSettings.has(setting.key())) {
                // a line for each class of clients
                boolean more = setting.key().equals("client-output-buffer-limit");
                live.merge(setting.key(), setting.text(), (a, b) -> more ? a + " " + b : b);
            }
        }
        return live;
    }

    /**
     * With the {@code maxmemory} that the container allows, unless one was given; 0 is none. One that this container
     * cannot hold is refused, and the server serves with the one that it allows.
     */
    EngineSettings within(MemoryLimit memory) {
        Optional<Setting> given = passed.stream()
                .filter(setting -> setting.key().equals(MAXMEMORY))
                .reduce((a, b) -> b)
                .filter(setting -> !setting.text().equals("0"));
        Optional<String> objection = given.flatMap(memory::objection);
        if (memory.maxmemory().isEmpty() || given.isPresent() && objection.isEmpty()) {
            return this;
        }
        String derived = Long.toString(memory.maxmemory().getAsLong());
        var all = new ArrayList<>(passed);
        all.add(new Setting(MAXMEMORY, List.of(derived)));
        var told = new ArrayList<>(notes);
        told.add("maxmemory " + derived + ", from the container's memory limit");
        return new EngineSettings(
                List.copyOf(all), List.copyOf(told), objection.stream().toList(), digest);
    }

    /** At a change: for a {@code maxmemory} that is refused the former one stays. */
    public EngineSettings after(EngineSettings former) {
        String before = former.live().get(MAXMEMORY);
        if (refused.isEmpty() || before == null) {
            return this;
        }
        var all = new ArrayList<>(passed);
        all.add(new Setting(MAXMEMORY, List.of(before)));
        return new EngineSettings(List.copyOf(all), notes, refused, digest);
    }

    private static Optional<String> refusal(Setting setting) {
        String value = setting.text();
        return switch (setting.key()) {
            case "cluster-enabled" ->
                value.equals("no")
                        ? Optional.empty()
                        : Optional.of("slots are kept by Codis, the engine must not be a cluster of its own");
            case "repl-diskless-load" ->
                value.startsWith("flush")
                        ? Optional.of("a replica would lose its data before it has the new; use disabled or swapdb")
                        : Optional.empty();
            default -> Optional.ofNullable(REFUSED.get(setting.key()));
        };
    }
}
