package io.codis.infra.coordinator.connect;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.FileCoordinator;
import io.codis.infra.coordinator.etcd.EtcdCoordinator;
import io.codis.infra.coordinator.kubernetes.KubernetesCoordinator;
import io.codis.infra.coordinator.zookeeper.ZooKeeperCoordinator;
import java.nio.file.Path;

/**
 * Which coordinator, where, and how to log in.
 *
 * @param name {@code filesystem} or {@code fs}, {@code zookeeper} or {@code zk}, {@code etcd}, {@code kubernetes}
 * @param address a directory; or servers; or a namespace
 * @param login {@code user:password}, or empty
 */
public record CoordinatorAddress(String name, String address, String login) {

    /** A client of it. */
    public Coordinator open() {
        return switch (name) {
            case "filesystem", "fs" -> FileCoordinator.open(Path.of(address));
            case "zookeeper", "zk" -> ZooKeeperCoordinator.open(address, login);
            case "etcd" -> EtcdCoordinator.open(address, login);
            case "kubernetes" -> KubernetesCoordinator.open(address);
            default ->
                throw new CodisException(
                        Reason.INVALID_ARGUMENT,
                        "coordinator_name = \"" + name
                                + "\": no such coordinator; write \"filesystem\", \"zookeeper\", \"etcd\" or"
                                + " \"kubernetes\"");
        };
    }

    /** Whether its state lies in a directory of this machine. */
    public boolean isDirectory() {
        return name.equals("filesystem") || name.equals("fs");
    }

    /** Not the login: this is printed. */
    @Override
    public String toString() {
        return name + " " + address;
    }
}
