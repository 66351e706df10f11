package io.codis.core.spec;

/** How a part is reached from outside its Kubernetes cluster; without effect on one machine. */
public enum ServiceType {
    CLUSTER_IP("ClusterIP"),
    NODE_PORT("NodePort"),
    LOAD_BALANCER("LoadBalancer");

    private final String word;

    ServiceType(String word) {
        this.word = word;
    }

    /** As it is written in a file. */
    public String word() {
        return word;
    }
}
