package io.codis.dashboard.fe;

import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where the dashboard of each product listens: product name to {@code host:port}, sorted by name. */
@FunctionalInterface
interface Products {

    SortedMap<String, String> find();

    /** A file in the format of Codis 3.2: an array of objects with {@code name} and {@code dashboard}. */
    static Products ofFile(Path file) {
        return () -> {
            try {
                var found = new TreeMap<String, String>();
                for (Entry entry : Json.readList(Files.readAllBytes(file), Entry.class)) {
                    found.put(entry.name(), entry.dashboard());
                }
                return found;
            } catch (IOException e) {
                throw new CodisException(Reason.NOT_FOUND, "--dashboard-list " + file + ": " + e.getMessage(), e);
            }
        };
    }

    /** Every product below {@code /codis3} that has a {@code topom} node; that node is also the lock of a dashboard. */
    static Products of(Coordinator coordinator) {
        return () -> {
            var found = new TreeMap<String, String>();
            for (String product : coordinator.children("/codis3")) {
                coordinator
                        .read("/codis3/" + product + "/topom")
                        .ifPresent(node -> found.put(
                                product, Json.read(node.data(), Topom.class).adminAddr()));
            }
            return found;
        };
    }

    record Entry(String name, String dashboard) {}
}
