package io.codis.dashboard.fe;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
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

    record Entry(String name, String dashboard) {}
}
