package io.codis.server.engine;

import io.codis.core.wire.Credentials;
import io.codis.server.config.LauncherConfig;
import io.codis.server.config.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The configuration with which every engine starts, fenced whatever it was before (safety rule 9).
 *
 * <p>It goes to the engine's standard input: nothing secret is on disk or in arguments, and passwords are in it as
 * SHA-256 only, which ACL takes as {@code #<hex>}.
 */
public final class EngineConfig {

    private static final List<Setting> DEFAULTS = List.of(
            new Setting("appendonly", List.of("yes")),
            new Setting("appendfsync", List.of("everysec")),
            // a replica of a group waits for nobody else to synchronise together with
            new Setting("repl-diskless-sync-delay", List.of("0")),
            new Setting("save", List.of("")));

    /** Whom an engine knows from its start. */
    public record Users(Credentials launcher, Credentials exporter, Credentials backup) {}

    private EngineConfig() {}

    /** Default settings that were not given, then the given ones, then those that make the fence. */
    static String text(LauncherConfig config, Users users) {
        Set<String> given = new HashSet<>();
        config.settings().atStart().forEach(setting -> given.add(setting.key()));
        var lines = new ArrayList<Setting>();
        DEFAULTS.stream().filter(setting -> !given.contains(setting.key())).forEach(lines::add);
        lines.addAll(config.settings().atStart());
        lines.addAll(fenced(config, users));
        return lines.stream().map(setting -> setting.line() + "\n").collect(Collectors.joining());
    }

    private static List<Setting> fenced(LauncherConfig config, Users users) {
        return List.of(
                new Setting("port", List.of(Integer.toString(config.port()))),
                new Setting("bind", List.of(config.bind().strip().split("\\s+"))),
                new Setting("dir", List.of(config.dir().toString())),
                new Setting("daemonize", List.of("no")),
                new Setting("protected-mode", List.of("no")),
                new Setting("user", List.of("default", "off")),
                new Setting("user", Acl.everything(users.launcher())),
                new Setting("user", Acl.metrics(users.exporter())),
                new Setting("user", Acl.backup(users.backup())),
                new Setting("replica-announce-ip", List.of(config.announce())),
                new Setting("replica-announce-port", List.of(Integer.toString(config.port()))),
                new Setting("replica-read-only", List.of("yes")),
                new Setting("replica-serve-stale-data", List.of("no")),
                new Setting("replicaof", List.of(Fence.HOST, Integer.toString(Fence.PORT))));
    }
}
