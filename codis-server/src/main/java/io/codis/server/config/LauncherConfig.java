package io.codis.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * All that a launcher is told.
 *
 * @param bind where engine and launcher listen; several addresses are separated by blanks
 * @param announce host under which others reach this server, so its address is {@code announce:port}
 * @param port of the engine; the launcher listens on the port 10000 above
 * @param dir the volume: the engine's data and the identity
 * @param secretFile the cluster's secret
 * @param engine program of the engine
 * @param settings of the engine
 * @param settingsNow reads them again: their file may have been replaced
 * @param lease how long a master of a group of several stays master without being confirmed
 * @param stop how long the engine may take to end by itself
 * @param dashboardWait how long a master that stops waits until a dashboard hears of it
 * @param ephemeral {@code dir} is no volume: what is in it goes with this server
 */
public record LauncherConfig(
        String bind,
        String announce,
        int port,
        Path dir,
        Path secretFile,
        Path engine,
        EngineSettings settings,
        Supplier<EngineSettings> settingsNow,
        Duration lease,
        Duration stop,
        Duration dashboardWait,
        boolean ephemeral) {

    /** The distance between the port of an engine and that of its launcher. */
    public static final int LAUNCHER_PORT_OFFSET = 10_000;

    LauncherConfig announced(String host) {
        return new LauncherConfig(
                bind,
                host,
                port,
                dir,
                secretFile,
                engine,
                settings,
                settingsNow,
                lease,
                stop,
                dashboardWait,
                ephemeral);
    }

    /** {@code announce:port}, by which everybody knows this server. */
    public String address() {
        return hostPort(announce, port);
    }

    /** The address at which the launcher reaches its own engine. */
    public String localAddress() {
        return hostPort(localHost(), port);
    }

    /** The first address it binds; the loopback address if that is a wildcard. */
    public String localHost() {
        String first = bind.strip().split("\\s+", 2)[0].replaceFirst("^-", "");
        return switch (first) {
            case "", "*", "0.0.0.0" -> "127.0.0.1";
            case "::", "::*" -> "::1";
            default -> first;
        };
    }

    /** Where the launcher's own API listens. */
    public String apiHost() {
        String first = bind.strip().split("\\s+", 2)[0].replaceFirst("^-", "");
        return first.isEmpty() || first.equals("*") ? "0.0.0.0" : first;
    }

    public int apiPort() {
        return port + LAUNCHER_PORT_OFFSET;
    }

    /** Where others reach this launcher. */
    public String apiAddress() {
        return hostPort(announce, apiPort());
    }

    private static String hostPort(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
