package io.codis.it.kube;

import io.codis.testkit.EtcdServer;
import java.util.Map;

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
                      chmod +x /tmp/etcd
                      exec /tmp/etcd --data-dir /tmp/data --listen-client-urls http://0.0.0.0:2379 \\
                          --advertise-client-urls http://etcd:2379 --listen-peer-urls http://127.0.0.1:2380
                  readinessProbe: {tcpSocket: {port: 2379}, periodSeconds: 1}
            """;

    private EtcdPod() {}

    /** At {@code etcd:2379} of the namespace, when it answers. */
    static void start(KubeCluster kube) {
        kube.startWith("etcd", OBJECTS, Map.of("/tmp/etcd", EtcdServer.program()));
    }
}
