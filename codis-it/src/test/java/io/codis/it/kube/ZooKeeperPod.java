package io.codis.it.kube;

import com.codahale.metrics.Reservoir;
import java.nio.file.Path;
import java.util.Map;
import org.xerial.snappy.SnappyInputStream;

/** A real ZooKeeper in a namespace, from the image under test, which has its client; the server needs two libraries more. */
final class ZooKeeperPod {

    private static final String OBJECTS = """
            apiVersion: v1
            kind: Service
            metadata: {name: zookeeper}
            spec:
              selector: {app: zookeeper}
              ports: [{port: 2181}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: zookeeper, labels: {app: zookeeper}}
            spec:
              containers:
                - name: zookeeper
                  image: IMAGE
                  command: [sh, -c]
                  args:
                    - |
                      printf 'dataDir=/tmp/zookeeper\\nclientPort=2181\\nadmin.enableServer=false\\n' >/tmp/zoo.cfg
                      until [ -e /tmp/all-there ]; do sleep 0.2; done
                      exec $JAVA_HOME/bin/java -Xmx64m -cp '/opt/codis/lib/*:/tmp/metrics.jar:/tmp/snappy.jar' \\
                          org.apache.zookeeper.server.ZooKeeperServerMain /tmp/zoo.cfg
                  readinessProbe: {tcpSocket: {port: 2181}, periodSeconds: 1}
            """;

    private ZooKeeperPod() {}

    /** {@code host:port} of one that answers. */
    static String start(KubeCluster kube) {
        kube.startWith(
                "zookeeper",
                OBJECTS,
                Map.of("/tmp/metrics.jar", jar(Reservoir.class), "/tmp/snappy.jar", jar(SnappyInputStream.class)));
        return "zookeeper." + kube.namespace() + ".svc:2181";
    }

    private static Path jar(Class<?> member) {
        return Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
}
