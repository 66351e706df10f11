package io.codis.core.spec;

import java.util.Map;
import java.util.Optional;

/**
 * One cluster as its user wants it: the kind {@code CodisCluster} of {@code k8s.infra.cn/v1}. It cannot be wrong: {@link
 * CodisClusterReader} makes one only from a document without problems.
 *
 * @param name of the object
 * @param namespace on Kubernetes, empty if the user's own
 * @param productName the name of the cluster in the coordinator
 * @param zkAddr ZooKeeper servers; noted, not used, where another coordinator serves
 * @param coordinator given instead of {@code zkAddr}
 * @param deleteData volumes, secret and state go with the cluster, where Kubernetes keeps them
 * @param logPath a host directory for logs
 */
public record CodisClusterSpec(
        String name,
        String namespace,
        String productName,
        Optional<String> zkAddr,
        Optional<Coordinator> coordinator,
        boolean deleteData,
        Optional<String> logPath,
        Optional<String> codisImage,
        FeSpec fe,
        DashboardSpec dashboard,
        HaSpec ha,
        ProxySpec proxy,
        RedisSpec redis) {

    public static final String API_VERSION = "k8s.infra.cn/v1";
    public static final String KIND = "CodisCluster";

    public static final int DASHBOARD_PORT = 18080;
    public static final int FE_PORT = 9090;
    public static final int PROXY_PORT = 19000;
    public static final int PROXY_ADMIN_PORT = 11080;
    public static final int SERVER_PORT = 6381;

    /** A launcher's API listens this far above its server's port. */
    public static final int LAUNCHER_OFFSET = 10_000;

    /** The same cluster with other numbers. */
    public CodisClusterSpec scaled(int groups, int perGroup, int proxies) {
        return with(proxy.scaled(proxies), redis.scaled(groups, perGroup));
    }

    /** The same cluster with another number of proxies. */
    public CodisClusterSpec withProxies(int proxies) {
        return with(proxy.scaled(proxies), redis);
    }

    /** The same cluster with the password that a Secret holds. */
    public CodisClusterSpec withAuth(String password) {
        return with(proxy.withAuth(password), redis);
    }

    private CodisClusterSpec with(ProxySpec otherProxy, RedisSpec otherRedis) {
        return new CodisClusterSpec(
                name,
                namespace,
                productName,
                zkAddr,
                coordinator,
                deleteData,
                logPath,
                codisImage,
                fe,
                dashboard,
                ha,
                otherProxy,
                otherRedis);
    }

    /** Who keeps the state on Kubernetes. */
    public Coordinator keeper() {
        return coordinator.orElseGet(() -> zkAddr.map(address -> new Coordinator(Coordinator.ZOOKEEPER, address))
                .orElseGet(() -> new Coordinator(Coordinator.KUBERNETES, "")));
    }

    /** As a document that {@link CodisClusterReader} reads back to an equal record. It holds the password. */
    public Map<String, Object> document() {
        return CodisClusterWriter.document(this);
    }
}
