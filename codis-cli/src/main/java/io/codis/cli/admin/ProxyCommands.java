package io.codis.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.cli.output.Output;
import io.codis.core.codis3.SlotRouting;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code codis-admin --proxy=ADDR ...}. */
final class ProxyCommands {

    private final AdminArguments arguments;
    private final Output output;

    ProxyCommands(AdminArguments arguments, Output output) {
        this.arguments = arguments;
        this.output = output;
    }

    void execute() {
        var command = arguments.atMostOneOf(
                "--start", "--shutdown", "--reset-stats", "--forcegc", "--log-level", "--fillslots");
        if (command.isEmpty()) {
            view();
            return;
        }
        try (Remote proxy = Remote.proxy(
                arguments.text("--proxy"), arguments.optional("--auth").orElse(""))) {
            switch (command.get()) {
                case "--reset-stats" -> proxy.put("stats/reset");
                case "--log-level" -> proxy.put("loglevel", arguments.text("--log-level"));
                case "--fillslots" -> proxy.putJson("fillslots", routings(Path.of(arguments.text("--fillslots"))));
                default -> proxy.put(command.get().substring(2));
            }
        }
    }

    private void view() {
        JsonNode overview = Remote.page(arguments.text("--proxy"), "/proxy");
        JsonNode shown = switch (arguments.view()) {
            case "" -> overview;
            case "config", "model", "stats", "slots" -> overview.path(arguments.view());
            default ->
                throw AdminArguments.refusal(
                        "\"" + arguments.view() + "\" is nothing to show; write config, model, stats or slots");
        };
        output.raw(Json.pretty(shown) + "\n");
    }

    /** Read here, since a malformed list may be taken as an empty one there. */
    private List<SlotRouting> routings(Path file) {
        try {
            List<SlotRouting> routings = Json.readList(Files.readAllBytes(file), SlotRouting.class);
            return arguments.given("--locked")
                    ? routings.stream().map(ProxyCommands::locked).toList()
                    : routings;
        } catch (IOException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "--fillslots=" + file + " cannot be read: " + e, e);
        }
    }

    private static SlotRouting locked(SlotRouting routing) {
        return new SlotRouting(
                routing.id(),
                true,
                routing.backendAddr(),
                routing.backendAddrGroupId(),
                routing.migrateFrom(),
                routing.migrateFromGroupId(),
                routing.forwardMethod(),
                routing.replicaGroups());
    }
}
