package io.codis.cli.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.codis.core.codis3.GroupNode;
import io.codis.core.codis3.Import;
import io.codis.core.codis3.Projection;
import io.codis.core.codis3.ProxyNode;
import io.codis.core.codis3.SentinelNode;
import io.codis.core.codis3.SlotMapping;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyDocument;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All stored nodes of one product as a document. A product that is restored from it is taken over by the next dashboard
 * that starts.
 *
 * @param sentinel left out when there is none; Codis 3.2 neither writes nor reads it
 */
record ConfigDump(
        List<SlotMapping> slots,
        List<GroupNode> group,
        List<ProxyNode> proxy,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SentinelNode sentinel) {

    ConfigDump {
        slots = slots == null ? List.of() : List.copyOf(slots);
        group = group == null ? List.of() : List.copyOf(group);
        proxy = proxy == null ? List.of() : List.copyOf(proxy);
    }

    static ConfigDump read(Coordinator coordinator, String product) {
        String base = base(product);
        if (coordinator.children(base).isEmpty()) {
            throw new CodisException(Reason.NOT_FOUND, "product " + product + " is not stored here");
        }
        var cluster = coordinator.read(base + "/cluster");
        return cluster.isPresent()
                ? of(Json.read(cluster.get().data(), TopologyDocument.class).toTopology())
                : ofNodes(coordinator, base);
    }

    private static ConfigDump of(Topology topology) {
        var sentinels = topology.sentinels();
        return new ConfigDump(
                topology.slots().stream().map(Projection::of).toList(),
                topology.groups().values().stream().map(Projection::of).toList(),
                topology.proxies().values().stream().map(Projection::of).toList(),
                sentinels.servers().isEmpty() ? null : Projection.of(sentinels));
    }

    private static ConfigDump ofNodes(Coordinator coordinator, String base) {
        var slots = new ArrayList<SlotMapping>(SlotHash.SLOTS);
        for (int id = 0; id < SlotHash.SLOTS; id++) {
            slots.add(coordinator
                    .read(base + slotName(id))
                    .map(node -> Json.read(node.data(), SlotMapping.class))
                    .orElse(new SlotMapping(id, 0, SlotMapping.Action.IDLE)));
        }
        return new ConfigDump(
                slots,
                nodes(coordinator, base + "/group", GroupNode.class),
                nodes(coordinator, base + "/proxy", ProxyNode.class),
                coordinator
                        .read(base + "/sentinel")
                        .map(node -> Json.read(node.data(), SentinelNode.class))
                        .orElse(null));
    }

    /** Refuses a document that is no whole, quiet configuration, and a product that has one already. */
    void check(Coordinator coordinator, String product) {
        var problems = new ArrayList<String>();
        String base = base(product);
        for (String taken : List.of("group", "proxy", "cluster")) {
            boolean exists = !coordinator.children(base + "/" + taken).isEmpty()
                    || coordinator.read(base + "/" + taken).isPresent();
            if (exists) {
                problems.add("product " + product + " has stored " + taken + " already; restore into an empty one");
            }
        }
        checkGroups(problems);
        checkSlots(problems);
        if (!problems.isEmpty()) {
            throw new CodisException(Reason.INVALID_ARGUMENT, String.join("\n", problems));
        }
    }

    void write(Coordinator coordinator, String product) {
        String base = base(product);
        if (!coordinator.readByCodis3Tools()) {
            String clusterId = UUID.randomUUID().toString().replace("-", "");
            Topology imported = Import.topology(product, clusterId, slots, group, proxy, sentinel);
            coordinator.create(base + "/cluster", Json.write(TopologyDocument.of(imported)));
            return;
        }
        slots.forEach(slot -> coordinator.put(base + slotName(slot.id()), Json.write(slot)));
        group.forEach(each ->
                coordinator.put(base + String.format(Locale.ROOT, "/group/group-%04d", each.id()), Json.write(each)));
        proxy.forEach(each -> coordinator.put(base + "/proxy/proxy-" + each.token(), Json.write(each)));
        if (sentinel != null) {
            coordinator.put(base + "/sentinel", Json.write(sentinel));
        }
    }

    private void checkGroups(List<String> problems) {
        Set<Integer> ids = new HashSet<>();
        Set<String> servers = new HashSet<>();
        for (GroupNode each : group) {
            if (each.id() < 1 || each.id() > 9999) {
                problems.add("group-[" + each.id() + "]: out of range, 1 to 9999");
            }
            if (!ids.add(each.id())) {
                problems.add("group-[" + each.id() + "] is there twice");
            }
            if (each.promoting() != null && !isBlank(each.promoting().state())) {
                problems.add("group-[" + each.id() + "] is promoting; wait for its end and dump again");
            }
            for (var server : serversOf(each)) {
                if (!servers.add(server.server())) {
                    problems.add("server-[" + server.server() + "] is there twice");
                }
            }
        }
    }

    private void checkSlots(List<String> problems) {
        var filled = group.stream()
                .filter(each -> !serversOf(each).isEmpty())
                .map(GroupNode::id)
                .collect(Collectors.toSet());
        Set<Integer> seen = new HashSet<>();
        for (SlotMapping slot : slots) {
            if (slot.id() < 0 || slot.id() >= SlotHash.SLOTS || !seen.add(slot.id())) {
                problems.add("slot-[" + slot.id() + "] is out of range or there twice");
            }
            if (slot.action() != null && !isBlank(slot.action().state())) {
                problems.add("slot-[" + slot.id() + "] is moving; wait for its end and dump again");
            }
            if (slot.groupId() != 0 && !filled.contains(slot.groupId())) {
                problems.add("slot-[" + slot.id() + "]: group-[" + slot.groupId() + "] is missing or empty");
            }
        }
    }

    private static List<GroupNode.Server> serversOf(GroupNode group) {
        return group.servers() == null ? List.of() : group.servers();
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private static <T> List<T> nodes(Coordinator coordinator, String directory, Class<T> type) {
        return coordinator.children(directory).stream()
                .flatMap(name -> coordinator.read(directory + "/" + name).stream())
                .map(node -> Json.read(node.data(), type))
                .toList();
    }

    private static String base(String product) {
        return "/codis3/" + product;
    }

    private static String slotName(int id) {
        return String.format(Locale.ROOT, "/slots/slot-%04d", id);
    }
}
