package io.codis.dashboard.proxy;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.topology.ProxyModel;
import io.codis.core.wire.RouteConfirmation;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import java.time.Duration;

/**
 * Calls the admin API of proxies; safe for any number of threads. Nothing is retried, errors are those of {@link
 * ApiClient}.
 */
public final class ProxyClient implements AutoCloseable {

    private final ApiClient client;
    private final String product;
    private final String productAuth;

    public ProxyClient(String product, String productAuth, Duration deadline) {
        this(ApiClient.create(deadline), product, productAuth);
    }

    private ProxyClient(ApiClient client, String product, String productAuth) {
        this.client = client;
        this.product = product;
        this.productAuth = productAuth;
    }

    /** The same connections with another deadline per call. Close only one of them. */
    public ProxyClient within(Duration otherDeadline) {
        return new ProxyClient(client.within(otherDeadline), product, productAuth);
    }

    /** What the process at {@code adminAddress} says of itself; no login is needed for it. */
    public ProxyModel model(String adminAddress) {
        return client.get("http://" + adminAddress + "/api/proxy/model", ProxyModel.class);
    }

    /** Returns when the proxy accepts the product's auth. */
    public void xping(String adminAddress, String token) {
        client.getBytes(url(adminAddress, "xping", token));
    }

    /** Returns when the table is in force there and nothing older remains on the slots that it locks. */
    public RouteConfirmation route(String adminAddress, String token, RouteTable table) {
        return client.putJson(url(adminAddress, "route", token), table, RouteConfirmation.class);
    }

    /** Has the proxy serve clients. */
    public void start(String adminAddress, String token) {
        client.put(url(adminAddress, "start", token));
    }

    public ProxyStats stats(String adminAddress, String token) {
        return client.get(url(adminAddress, "stats", token), ProxyStats.class);
    }

    /** Ends the process. */
    public void shutdown(String adminAddress, String token) {
        client.put(url(adminAddress, "shutdown", token));
    }

    @Override
    public void close() {
        client.close();
    }

    private String url(String adminAddress, String what, String token) {
        return "http://" + adminAddress + "/api/proxy/" + what + "/" + Xauth.ofProxy(product, productAuth, token);
    }
}
