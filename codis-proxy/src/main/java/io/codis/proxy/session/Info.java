package io.codis.proxy.session;

/** What INFO says of this loop's proxy, in the form and under the names that tools know. */
final class Info {

    /** The command set and behaviour that the proxy follows. */
    static final String ENGINE = "7.0.15";

    private static final long START = System.nanoTime();

    private Info() {}

    static String of(Worker worker) {
        long calls = worker.unknown;
        for (Verb verb : worker.verbs.all()) {
            calls += verb.calls;
        }
        long uptime = (System.nanoTime() - START) / 1_000_000_000;
        return "# Server\r\nredis_version:" + ENGINE
                + "\r\nredis_mode:standalone\r\nserver_name:codis-proxy\r\nprocess_id:"
                + ProcessHandle.current().pid() + "\r\ntcp_port:"
                + worker.settings.listen().getPort()
                + "\r\nuptime_in_seconds:" + uptime + "\r\n\r\n# Clients\r\nconnected_clients:" + worker.sessions.size()
                + "\r\nmaxclients:" + worker.settings.clients().max() + "\r\n\r\n# Stats\r\ntotal_commands_processed:"
                + calls + "\r\ntotal_error_replies:" + worker.errors + "\r\n\r\n# Replication\r\nrole:master\r\n\r\n"
                + "# Cluster\r\ncluster_enabled:0\r\n";
    }
}
