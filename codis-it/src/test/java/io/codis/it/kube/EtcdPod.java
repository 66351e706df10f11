package io.codis.it.kube;

import io.codis.testkit.EtcdServer;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.util.concurrent.TimeUnit;

/** A real etcd of one member in a namespace: the one on this machine's PATH, in the image under test. */
final class EtcdPod {

    private static final String OBJECTS = """
            apiVersion: v1
            kind: Service
            metadata: {name: etcd}
            spec:
              selector: {app: etcd}
              ports: [{port: 2379}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: etcd, labels: {app: etcd}}
            spec:
              containers:
                - name: etcd
                  image: IMAGE
                  command: [sh, -c]
                  args:
                    - |
                      until [ -e /tmp/all-there ]; do sleep 0.2; done
                      exec /tmp/etcd --data-dir /tmp/data --listen-client-urls http://0.0.0.0:2379 \\
                          --advertise-client-urls http://etcd:2379 --listen-peer-urls http://127.0.0.1:2380
                  readinessProbe: {tcpSocket: {port: 2379}, periodSeconds: 1}
            """;

    private EtcdPod() {}

    /** At {@code etcd:2379} of the namespace, when it answers. */
    static void start(KubeCluster kube) {
        kube.apply(OBJECTS.replace("IMAGE", kube.image()));
        PodResource pod = kube.client().pods().inNamespace(kube.namespace()).withName("etcd");
        pod.waitUntilCondition(
                found -> found != null && "Running".equals(found.getStatus().getPhase()), 2, TimeUnit.MINUTES);
        kube.put("etcd", EtcdServer.program(), "/tmp/etcd");
        kube.exec("etcd", "etcd", "sh", "-c", "chmod +x /tmp/etcd && touch /tmp/all-there");
        pod.waitUntilReady(1, TimeUnit.MINUTES);
    }
}
