package io.codis.core.spec;

/**
 * Who keeps the cluster's state on Kubernetes; one machine keeps it in a directory.
 *
 * @param name kubernetes, zookeeper or etcd
 * @param address host:port, or several of them separated by commas; empty for kubernetes
 */
public record Coordinator(String name, String address) {

    public static final String KUBERNETES = "kubernetes";
    public static final String ZOOKEEPER = "zookeeper";
    public static final String ETCD = "etcd";
}
