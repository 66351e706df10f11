package io.codis.proxy;

import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.FileCoordinator;
import io.codis.infra.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the leading dashboard is; asked again for every attempt, since it may move. */
@FunctionalInterface
interface DashboardSource {

    /** {@code host:port} of its API. */
    String find();

    /** {@code --dashboard}. */
    static DashboardSource at(String address) {
        return () -> address;
    }

    /** {@code --filesystem}: what the dashboard wrote into the coordinator. */
    static DashboardSource in(Path root, String product) {
        String path = "/codis3/" + product + "/topom";
        return () -> {
            if (!Files.isDirectory(root)) {
                throw new CodisException(Reason.NOT_FOUND, "coordinator " + root + " does not exist");
            }
            try (Coordinator coordinator = FileCoordinator.open(root)) {
                return coordinator
                        .read(path)
                        .map(node -> Json.read(node.data(), Topom.class).adminAddr())
                        .orElseThrow(() -> new CodisException(
                                Reason.NOT_FOUND, "no dashboard of product " + product + " in coordinator " + root));
            }
        };
    }
}
