package io.codis.operator.reconcile;

import io.codis.infra.dashboard.DashboardApi;
import io.codis.operator.drive.Live;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** One client per cluster's dashboard, replaced when the dashboard has moved. */
final class Dashboards {

    /** @param names of servers by the addresses of their pods, as they are now */
    private record Client(String address, DashboardApi api, AtomicReference<Map<String, String>> names) {}

    private final Map<String, Client> clients = new ConcurrentHashMap<>();

    /** @param uid of the cluster */
    Optional<DashboardApi> of(String uid, String product, Live live) {
        return live.dashboardAddress().map(address -> {
            Client client = clients.compute(uid, (key, known) -> {
                if (known != null && known.address().equals(address)) {
                    return known;
                }
                if (known != null) {
                    known.api().close();
                }
                return open(address, product);
            });
            client.names().set(live.serverNames());
            return client.api();
        });
    }

    private static Client open(String address, String product) {
        var names = new AtomicReference<Map<String, String>>(Map.of());
        return new Client(
                address, new DashboardApi(address, product, at -> names.get().getOrDefault(at, at)), names);
    }

    /**
     * Closes those of clusters that are gone.
     *
     * @param clusters uids; asked for after the clients are known, each of which was made for a cluster that was there
     */
    void closeOthers(Supplier<Set<String>> clusters) {
        var gone = new HashSet<>(clients.keySet());
        gone.removeAll(clusters.get());
        gone.forEach(uid -> Optional.ofNullable(clients.remove(uid))
                .ifPresent(client -> client.api().close()));
    }
}
