package io.codis.server.engine;

import io.codis.core.wire.ServerState.Engine;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a running engine says of itself. Source: INFO server, replication, persistence, keyspace.
 *
 * @param run the process, by {@link EngineRun#number()}
 * @param phase never DOWN
 * @param master {@code host:port} it replicates from, null when it is a master itself
 * @param linkUp the link to that master is up and no synchronisation is running
 * @param syncing its data is being replaced by that of its master, or loaded
 * @param persistent no rewrite that a synchronisation made necessary is running: after a full one the append-only file
 *     is the old one until it is rewritten
 * @param keys in all databases, -1 while loading
 */
public record EngineReport(
        long run,
        Engine phase,
        String version,
        String runId,
        @Nullable String master,
        boolean linkUp,
        boolean syncing,
        boolean persistent,
        String replid,
        long offset,
        long keys) {

    /** It replicates from nowhere. */
    public boolean fenced() {
        return (Fence.HOST + ":" + Fence.PORT).equals(master);
    }

    /** It takes writes, once its users let anybody in. */
    public boolean isMaster() {
        return master == null;
    }

    EngineReport silent() {
        return new EngineReport(
                run, Engine.SILENT, version, runId, master, false, syncing, persistent, replid, offset, keys);
    }

    static EngineReport parse(long run, String info) {
        Map<String, String> fields = fields(info);
        boolean loading = fields.getOrDefault("loading", "0").equals("1");
        boolean replica = fields.getOrDefault("role", "").equals("slave");
        return new EngineReport(
                run,
                loading ? Engine.LOADING : Engine.UP,
                version(fields),
                fields.getOrDefault("run_id", ""),
                replica ? fields.get("master_host") + ":" + fields.get("master_port") : null,
                replica
                        && fields.getOrDefault("master_link_status", "").equals("up")
                        && fields.getOrDefault("master_sync_in_progress", "1").equals("0"),
                loading
                        || (replica
                                && !fields.getOrDefault("master_sync_in_progress", "0")
                                        .equals("0")),
                isPersistent(fields),
                fields.getOrDefault("master_replid", ""),
                Long.parseLong(fields.getOrDefault("master_repl_offset", "0")),
                loading ? -1 : keys(info));
    }

    /** Whether each {@code slaveN:} line of INFO replication that is online shows this engine's own offset. */
    static boolean replicasHaveAll(String info) {
        String own = fields(info).getOrDefault("master_repl_offset", "0");
        return info.lines()
                .filter(line -> line.matches("slave\\d+:.*state=online.*"))
                .allMatch(line -> line.contains("offset=" + own + ","));
    }

    /** A fenced engine of this run has nothing left to write, and its append-only file is whole: INFO persistence. */
    static boolean hasWritten(String info, String runId) {
        Map<String, String> fields = fields(info);
        EngineReport report = parse(0, info);
        return report.fenced()
                && report.runId().equals(runId)
                && report.phase() == Engine.UP
                && report.persistent()
                && fields.getOrDefault("aof_enabled", "").equals("1")
                && fields.getOrDefault("aof_last_write_status", "").equals("ok")
                // after a full synchronisation the file is the one of before until a rewrite has succeeded
                && fields.getOrDefault("aof_last_bgrewrite_status", "").equals("ok")
                && fields.getOrDefault("aof_buffer_length", "").equals("0");
    }

    private static boolean isPersistent(Map<String, String> fields) {
        return fields.getOrDefault("aof_rewrite_in_progress", "0").equals("0")
                && fields.getOrDefault("aof_rewrite_scheduled", "0").equals("0");
    }

    private static String version(Map<String, String> fields) {
        String valkey = fields.get("valkey_version");
        return valkey != null ? "valkey " + valkey : "redis " + fields.getOrDefault("redis_version", "");
    }

    private static long keys(String info) {
        long keys = 0;
        for (String line : info.split("\r\n")) {
            if (line.matches("db\\d+:keys=\\d+.*")) {
                keys += Long.parseLong(line.substring(line.indexOf('=') + 1).split(",", 2)[0]);
            }
        }
        return keys;
    }

    private static Map<String, String> fields(String info) {
        var fields = new HashMap<String, String>();
        for (String line : info.split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.charAt(0) != '#') {
                fields.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return fields;
    }
}
