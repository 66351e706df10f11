package io.codis.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.cli.output.Output;
import io.codis.infra.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code codis-admin --dashboard=ADDR ...}. */
final class DashboardCommands {

    private final AdminArguments arguments;
    private final Output output;
    private final Map<String, Command> commands = new LinkedHashMap<>();

    private interface Command {
        void run(Remote dashboard);
    }

    DashboardCommands(AdminArguments arguments, Output output) {
        this.arguments = arguments;
        this.output = output;
        process();
        proxies();
        groups();
        slots();
        sentinels();
    }

    void execute() {
        var wanted = arguments.atMostOneOf(commands.keySet().toArray(String[]::new));
        try (Remote dashboard = Remote.dashboard(arguments.text("--dashboard"))) {
            wanted.map(commands::get).orElse(this::overview).run(dashboard);
        }
    }

    private void process() {
        commands.put("--shutdown", dashboard -> dashboard.put("shutdown"));
        commands.put("--reload", dashboard -> dashboard.put("reload"));
        commands.put("--log-level", dashboard -> dashboard.put("loglevel", arguments.text("--log-level")));
        commands.put("--list-group", this::overview);
        commands.put("--list-proxy", this::overview);
    }

    private void proxies() {
        commands.put("--create-proxy", dashboard -> dashboard.put("proxy/create", address()));
        commands.put("--online-proxy", dashboard -> dashboard.put("proxy/online", address()));
        commands.put("--remove-proxy", dashboard -> {
            for (String token : tokens(dashboard)) {
                dashboard.put("proxy/remove", token, flag("--force"));
            }
        });
        commands.put("--reinit-proxy", dashboard -> {
            for (String token : tokens(dashboard)) {
                dashboard.put("proxy/reinit", token);
            }
        });
        commands.put(
                "--proxy-status",
                dashboard -> output.raw(StatusLines.proxies(stats(dashboard).path("proxy"))));
    }

    private void groups() {
        commands.put("--create-group", dashboard -> dashboard.put("group/create", gid()));
        commands.put("--remove-group", dashboard -> dashboard.put("group/remove", gid()));
        commands.put("--resync-group", dashboard -> {
            if (arguments.oneOf("--gid", "--all").equals("--all")) {
                dashboard.put("group/resync-all");
            } else {
                dashboard.put("group/resync", gid());
            }
        });
        commands.put("--group-add", dashboard -> {
            var datacenter = arguments.optional("--datacenter").filter(text -> !text.isEmpty());
            if (datacenter.isPresent()) {
                dashboard.put("group/add", gid(), address(), datacenter.get());
            } else {
                dashboard.put("group/add", gid(), address());
            }
        });
        commands.put("--group-del", dashboard -> dashboard.put("group/del", gid(), address()));
        commands.put("--group-status", this::groupStatus);
        commands.put("--replica-groups", dashboard -> {
            boolean enable = arguments.oneOf("--enable", "--disable").equals("--enable");
            dashboard.put("group/replica-groups", gid(), address(), enable ? 1 : 0);
        });
        commands.put("--promote-server", dashboard -> {
            dashboard.put("group/promote", gid(), address());
            groupStatus(dashboard);
        });
        commands.put("--sync-action", dashboard -> {
            String what = arguments.oneOf("--create", "--remove").substring(2);
            dashboard.put("group/action/" + what, address());
        });
    }

    private void slots() {
        commands.put("--slots-assign", this::assign);
        commands.put("--slots-status", dashboard -> print(dashboard.get("slots")));
        commands.put("--slot-action", this::slotAction);
        commands.put("--rebalance", this::rebalance);
    }

    private void sentinels() {
        commands.put("--sentinel-add", dashboard -> dashboard.put("sentinels/add", address()));
        commands.put("--sentinel-del", dashboard -> dashboard.put("sentinels/del", address(), flag("--force")));
        commands.put("--sentinel-resync", dashboard -> dashboard.put("sentinels/resync-all"));
    }

    private void overview(Remote dashboard) {
        JsonNode overview = dashboard.page("/topom");
        JsonNode stats = overview.path("stats");
        String what = arguments.atMostOneOf("--list-group", "--list-proxy").orElseGet(arguments::view);
        print(
                switch (what) {
                    case "" -> overview;
                    case "config", "model", "stats" -> overview.path(what);
                    case "slots", "group", "proxy" -> stats.path(what);
                    case "--list-group" -> stats.path("group").path("models");
                    case "--list-proxy" -> stats.path("proxy").path("models");
                    default ->
                        throw AdminArguments.refusal("\"" + what
                                + "\" is nothing to show; write config, model, stats, slots, group or proxy");
                });
    }

    private void assign(Remote dashboard) {
        boolean offline = arguments.oneOf("--gid", "--offline").equals("--offline");
        int first = arguments.number("--beg");
        int last = arguments.number("--end");
        if (first < 0 || last > 1023 || first > last) {
            throw AdminArguments.refusal("invalid slot range [" + first + "," + last + "]");
        }
        var mappings = new ArrayList<Map<String, Integer>>();
        for (int slot = first; slot <= last; slot++) {
            mappings.add(new TreeMap<>(Map.of("id", slot, "group_id", offline ? 0 : gid())));
        }
        if (!arguments.given("--confirm")) {
            print(Json.tree(Json.write(mappings)));
        } else if (offline) {
            dashboard.putJsonTo("slots/assign", "offline", mappings);
        } else {
            dashboard.putJson("slots/assign", mappings);
        }
    }

    private void slotAction(Remote dashboard) {
        String what =
                arguments.oneOf("--create", "--remove", "--create-some", "--create-range", "--interval", "--disabled");
        String operation = "slots/action/" + what.substring(2);
        switch (what) {
            case "--create" -> dashboard.put(operation, arguments.number("--sid"), gid());
            case "--remove" -> dashboard.put(operation, arguments.number("--sid"));
            case "--create-some" ->
                dashboard.put(
                        operation,
                        arguments.number("--gid-from"),
                        arguments.number("--gid-to"),
                        arguments.number("--num-slots"));
            case "--create-range" ->
                dashboard.put(operation, arguments.number("--beg"), arguments.number("--end"), gid());
            default -> dashboard.put(operation, arguments.number(what));
        }
    }

    private void rebalance(Remote dashboard) {
        JsonNode plan = dashboard.ask("slots/rebalance", flag("--confirm"));
        var moves = new TreeMap<Integer, Integer>();
        plan.properties()
                .forEach(move -> moves.put(
                        Integer.parseInt(move.getKey()), move.getValue().asInt()));
        output.raw(StatusLines.plan(moves));
    }

    private void groupStatus(Remote dashboard) {
        output.raw(StatusLines.groups(stats(dashboard).path("group")));
    }

    /** The proxies meant by {@code --addr}, {@code --token}, {@code --pid} or {@code --all}. */
    private List<String> tokens(Remote dashboard) {
        String by = arguments.oneOf("--addr", "--token", "--pid", "--all");
        var tokens = new ArrayList<String>();
        if (by.equals("--token")) {
            tokens.add(arguments.text("--token"));
            return tokens;
        }
        for (JsonNode proxy : stats(dashboard).path("proxy").path("models")) {
            boolean meant = switch (by) {
                case "--addr" -> proxy.path("admin_addr").asText().equals(address());
                case "--pid" -> proxy.path("id").asInt() == arguments.number("--pid");
                default -> true;
            };
            if (meant) {
                tokens.add(proxy.path("token").asText());
            }
        }
        if (tokens.isEmpty() && !by.equals("--all") && !arguments.given("--force")) {
            throw AdminArguments.refusal("no proxy with " + by + "=" + arguments.text(by));
        }
        return tokens;
    }

    private JsonNode stats(Remote dashboard) {
        return dashboard.get("stats");
    }

    private int gid() {
        return arguments.number("--gid");
    }

    private String address() {
        return arguments.text("--addr");
    }

    private int flag(String option) {
        return arguments.given(option) ? 1 : 0;
    }

    private void print(JsonNode document) {
        output.raw(Json.pretty(document) + "\n");
    }
}
