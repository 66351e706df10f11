package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.wire.ServerState;
import io.codis.infra.dashboard.Deadline;
import io.codis.infra.http.ApiClient;
import io.codis.infra.secret.ClusterSecret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a cluster so that it comes back with all its data: no more writes, then nobody who would fail over, then the
 * masters once their replicas have everything, then the replicas.
 */
final class Shutdown {

    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final Duration PROXY = Duration.ofSeconds(15);
    private static final Duration SERVER = Duration.ofSeconds(20);
    private static final Duration SAME_OFFSET = Duration.ofSeconds(5);

    private final ProcessSet processes;
    private final ClusterSecret secret;
    private final Journal journal;

    Shutdown(ProcessSet processes, ClusterSecret secret, Journal journal) {
        this.processes = processes;
        this.secret = secret;
        this.journal = journal;
    }

    void run() {
        journal.step("stop proxies, fe and ha");
        var front = new ArrayList<>(processes.names("proxy-"));
        front.addAll(List.of("fe", "ha"));
        processes.stopAll(front, PROXY);
        journal.step("stop dashboard");
        processes.stop("dashboard", PROXY);
        List<String> servers = processes.names("server-");
        if (!servers.isEmpty()) {
            journal.step("stop servers");
            List<String> masters = mastersInStep(servers);
            processes.stopAll(masters, SERVER);
            processes.stopAll(servers, SERVER);
        }
    }

    /** The masters, once every replica that is connected has the same offset; not waited for longer than a moment. */
    private List<String> mastersInStep(List<String> servers) {
        Deadline deadline = Deadline.in(SAME_OFFSET);
        try (ApiClient client = ApiClient.create(Duration.ofSeconds(1), secret.derive("api"))) {
            while (true) {
                Map<String, ServerState> states = states(client, servers);
                if (inStep(states) || !deadline.pause()) {
                    return states.entrySet().stream()
                            .filter(entry -> entry.getValue().role() == ServerState.Role.MASTER)
                            .map(Map.Entry::getKey)
                            .toList();
                }
            }
        }
    }

    private Map<String, ServerState> states(ApiClient client, List<String> servers) {
        Map<String, String> addresses = processes.serverAddresses();
        var states = new LinkedHashMap<String, ServerState>();
        for (String server : servers) {
            Optional.ofNullable(addresses.get(server)).ifPresent(address -> {
                int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
                try {
                    states.put(
                            server,
                            client.get(
                                    "http://" + Layout.HOST + ":" + Layout.launcherPort(port) + "/api/server/state",
                                    ServerState.class));
                } catch (CodisException silent) {
                    LOG.info(
                            "server silent at stop name={} reason={}",
                            server,
                            silent.reason().word());
                }
            });
        }
        return states;
    }

    private static boolean inStep(Map<String, ServerState> states) {
        return states.values().stream()
                .filter(state -> state.role() == ServerState.Role.REPLICA && state.linkUp())
                .allMatch(replica -> states.values().stream()
                        .filter(other -> other.address().equals(replica.master()))
                        .allMatch(master -> master.offset() == replica.offset()));
    }
}
