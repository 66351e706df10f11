package io.codis.cli.ha;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The health of every proxy and server of a product, as its dashboard sees them; one look.
 *
 * @param states by name, such as {@code proxy-1} or {@code group-1 127.0.0.1:6381}
 */
record HaReport(Map<String, Health> states) {

    /** The words of Codis 3.2. */
    enum State {
        READY,
        /** The dashboard has no figures of it yet. */
        MISSING,
        ERROR,
        TIMEOUT,
        /** It does not replicate as its place in the group says. */
        SYNC_ERROR,
        /** Its link to the master is down. */
        BROKEN
    }

    /** @param detail for people, empty when there is nothing to add */
    record Health(State state, String detail) {}

    static HaReport of(JsonNode stats) {
        var states = new LinkedHashMap<String, Health>();
        JsonNode proxies = stats.path("proxy");
        for (JsonNode proxy : proxies.path("models")) {
            JsonNode seen = proxies.path("stats").path(proxy.path("token").asText());
            states.put(
                    "proxy-" + proxy.path("id").asInt() + " "
                            + proxy.path("proxy_addr").asText(),
                    reachable(seen));
        }
        JsonNode groups = stats.path("group");
        for (JsonNode group : groups.path("models")) {
            String master = "";
            for (JsonNode server : group.path("servers")) {
                String address = server.path("server").asText();
                states.put(
                        "group-" + group.path("id").asInt() + " " + address,
                        server(groups.path("stats").path(address), master));
                master = master.isEmpty() ? address : master;
            }
        }
        return new HaReport(states);
    }

    private static Health reachable(JsonNode seen) {
        if (seen.isMissingNode()) {
            return new Health(State.MISSING, "");
        }
        if (seen.hasNonNull("error")) {
            return new Health(State.ERROR, seen.path("error").path("Cause").asText(""));
        }
        boolean silent = seen.path("timeout").asBoolean() || !seen.hasNonNull("stats");
        return new Health(silent ? State.TIMEOUT : State.READY, "");
    }

    /** @param master whom it should follow, empty for the master itself */
    private static Health server(JsonNode seen, String master) {
        Health health = reachable(seen);
        if (health.state() != State.READY) {
            return health;
        }
        String follows = seen.path("stats").path("master_addr").asText("");
        if (!follows.equals(master)) {
            return new Health(State.SYNC_ERROR, "follows " + (follows.isEmpty() ? "nobody" : follows));
        }
        if (master.isEmpty()) {
            return health;
        }
        return switch (seen.path("stats").path("master_link_status").asText("")) {
            case "up" -> health;
            case "down" ->
                new Health(
                        State.BROKEN,
                        "down for "
                                + seen.path("stats")
                                        .path("master_link_down_since_seconds")
                                        .asText("?") + " s");
            default -> new Health(State.SYNC_ERROR, "link status unknown");
        };
    }
}
