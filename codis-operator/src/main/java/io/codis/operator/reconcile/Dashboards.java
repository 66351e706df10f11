package io.codis.operator.reconcile;

import io.codis.infra.dashboard.DashboardApi;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One client per cluster's dashboard, replaced when the dashboard has moved. */
final class Dashboards {

    private record Client(String address, DashboardApi api) {}

    private final Map<String, Client> clients = new ConcurrentHashMap<>();

    /** @param uid of the cluster */
    Optional<DashboardApi> of(String uid, String product, Optional<String> address) {
        return address.map(at -> clients.compute(uid, (key, known) -> {
                    if (known != null && known.address().equals(at)) {
                        return known;
                    }
                    if (known != null) {
                        known.api().close();
                    }
                    return new Client(at, new DashboardApi(at, product));
                })
                .api());
    }

    void forget(String uid) {
        Optional.ofNullable(clients.remove(uid))
                .ifPresent(client -> client.api().close());
    }
}
