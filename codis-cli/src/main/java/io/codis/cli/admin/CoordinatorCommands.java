package io.codis.cli.admin;

import io.codis.cli.output.Output;
import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.connect.CoordinatorAddress;
import io.codis.infra.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/** {@code codis-admin --zookeeper=ADDR ...} and its like: what is stored, without any dashboard. */
final class CoordinatorCommands {

    private final AdminArguments arguments;
    private final Output output;

    CoordinatorCommands(AdminArguments arguments, Output output) {
        this.arguments = arguments;
        this.output = output;
    }

    void execute() {
        String command = arguments.oneOf(
                "--remove-lock", "--config-dump", "--config-restore", "--config-convert", "--dashboard-list");
        if (command.equals("--config-convert") || arguments.given("-1")) {
            throw AdminArguments.refusal(
                    "configurations of Codis 1 and 2 are not converted; use a codis-admin of Codis 3.2");
        }
        try (Coordinator coordinator = open()) {
            switch (command) {
                case "--remove-lock" -> coordinator.delete(topom(product()), Coordinator.ANY_VERSION);
                case "--config-dump" -> output.raw(Json.pretty(ConfigDump.read(coordinator, product())) + "\n");
                case "--config-restore" -> restore(coordinator);
                default -> list(coordinator);
            }
        }
    }

    private Coordinator open() {
        String flag = arguments.oneOf("--filesystem", "--zookeeper", "--etcd", "--kubernetes");
        String address = arguments.text(flag);
        if (flag.equals("--filesystem") && !Files.isDirectory(Path.of(address))) {
            throw AdminArguments.refusal("--filesystem=" + address + ": no such directory");
        }
        String login = flag.equals("--zookeeper") || flag.equals("--etcd")
                ? arguments.optional(flag + "-auth").orElse("")
                : "";
        return new CoordinatorAddress(flag.substring(2), address, login).open();
    }

    private void restore(Coordinator coordinator) {
        Path file = Path.of(arguments.text("--config-restore"));
        try {
            ConfigDump dump = Json.read(Files.readAllBytes(file), ConfigDump.class);
            dump.check(coordinator, product());
            if (arguments.given("--confirm")) {
                dump.write(coordinator, product());
            } else {
                output.raw(Json.pretty(dump) + "\n");
            }
        } catch (IOException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "--config-restore=" + file + " cannot be read: " + e, e);
        }
    }

    private void list(Coordinator coordinator) {
        var products = new ArrayList<Map<String, String>>();
        for (String name : coordinator.children("/codis3")) {
            String address = coordinator
                    .read(topom(name))
                    .map(node -> Json.read(node.data(), Topom.class).adminAddr())
                    .orElse("");
            products.add(new TreeMap<>(Map.of("name", name, "dashboard", address)).descendingMap());
        }
        output.raw(Json.pretty(products) + "\n");
    }

    private String product() {
        return arguments.text("--product");
    }

    private static String topom(String product) {
        return "/codis3/" + product + "/topom";
    }
}
