package io.codis.operator.reconcile;

import io.codis.infra.dashboard.DashboardApi;
import io.codis.operator.drive.Live;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** One client per cluster's dashboards, replaced when they have moved. */
final class Dashboards {

    /**
     * @param addresses of all of them, in any order
     * @param names of servers by the addresses of their pods, as they are now
     */
    private record Client(Set<String> addresses, DashboardApi api, AtomicReference<Map<String, String>> names) {}

    private final Map<String, Client> clients = new ConcurrentHashMap<>();

    /** @param uid of the cluster */
    Optional<DashboardApi> of(String uid, String product, Live live) {
        List<String> addresses = live.dashboardAddresses();
        if (addresses.isEmpty()) {
            return Optional.empty();
        }
        Client client = clients.compute(uid, (key, known) -> {
            if (known != null && known.addresses().equals(Set.copyOf(addresses))) {
                return known;
            }
            if (known != null) {
                known.api().close();
            }
            return open(addresses, product);
        });
        client.names().set(live.serverNames());
        return Optional.of(client.api());
    }

    private static Client open(List<String> addresses, String product) {
        var names = new AtomicReference<Map<String, String>>(Map.of());
        return new Client(
                Set.copyOf(addresses),
                new DashboardApi(addresses, product, at -> names.get().getOrDefault(at, at)),
                names);
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
