package io.codis.infra.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import io.codis.infra.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The dashboards' REST API, as far as the runtimes need it. Any of them can be asked, since it has the one that leads answer; all
 * is asked of the one that gave a view last.
 */
public final class DashboardApi implements AutoCloseable {

    private static final Duration READ = Duration.ofSeconds(3);
    private static final Duration CHANGE = Duration.ofSeconds(60);

    private final ApiClient reads;
    private final ApiClient changes;
    /** What a dashboard of Codis answers while it does not lead; ours say why after a colon. */
    public static final String NOT_ONLINE = "topom is not online";

    private final String product;
    private final List<String> addresses;
    private volatile int asked;
    private volatile String said = "";
    private final String xauth;
    private final UnaryOperator<String> names;

    public DashboardApi(String address, String product) {
        this(List.of(address), product, UnaryOperator.identity());
    }

    /**
     * @param addresses of the dashboards, the one to ask first in front
     * @param names by which the cluster knows its members, of addresses by which engines know each other
     */
    public DashboardApi(List<String> addresses, String product, UnaryOperator<String> names) {
        this.product = product;
        this.names = names;
        this.reads = ApiClient.create(READ);
        this.changes = reads.within(CHANGE);
        this.addresses = List.copyOf(addresses);
        this.xauth = Xauth.ofDashboard(product);
    }

    /** Of the dashboard that answers there, whichever product it leads. */
    public static DashboardApi of(String address) {
        try (var client = ApiClient.create(READ)) {
            return new DashboardApi(
                    address,
                    client.get("http://" + address + "/api/topom/model", Topom.class)
                            .productName());
        }
    }

    public String product() {
        return product;
    }

    /** What the dashboard that leads knows; empty while none of them can say. */
    public Optional<DashboardView> view() {
        for (int tries = 0; tries < addresses.size(); tries++) {
            try {
                DashboardView view =
                        DashboardView.of(Json.tree(reads.getBytes(base() + "/api/topom/stats/" + xauth)), names);
                said = "";
                return Optional.of(view);
            } catch (CodisException silent) {
                said = ApiClient.isRemote(silent) ? String.valueOf(silent.getMessage()) : "";
                asked = (asked + 1) % addresses.size();
            }
        }
        return Optional.empty();
    }

    /** The id that the cluster was made with, on all its volumes; empty from a dashboard that does not say it. */
    public String clusterId() {
        return Json.tree(reads.getBytes(base() + "/api/topom/stats/" + xauth))
                .at("/leader/clusterId")
                .asText("");
    }

    /** Why no dashboard leads, as the one that was asked last by {@link #view} has said; empty if it did not. */
    public String hindrance() {
        return said.startsWith(NOT_ONLINE + ": ") ? said.substring(NOT_ONLINE.length() + 2) : "";
    }

    public void createGroup(int group) {
        changes.put(api("group/create", "" + group));
    }

    public void removeGroup(int group) {
        changes.put(api("group/remove", "" + group));
    }

    public void addServer(int group, String address) {
        changes.put(api("group/add", group + "/" + address));
    }

    public void removeServer(int group, String address) {
        changes.put(api("group/del", group + "/" + address));
    }

    public void promote(int group, String address) {
        changes.put(api("group/promote", group + "/" + address));
    }

    /** What has become master, and what it has. */
    public record Left(String master, long keys) {}

    /** A person gives up what the members that answer do not have: the one that has most becomes master. */
    public Left acceptLoss(int group) {
        return changes.put(api("group/accept-loss", "" + group), Left.class);
    }

    /** As above, of this member. */
    public void acceptLoss(int group, String address) {
        changes.put(api("group/accept-loss", group + "/" + address));
    }

    /**
     * @param changed false if it was fenced before
     * @param master of the group
     * @param replicas that could become master
     * @param reached its launcher has confirmed it
     */
    public record Fenced(boolean changed, String master, int replicas, boolean reached) {}

    /** Takes a server out of its group; a master gives its role away first. */
    public Fenced fence(int group, String address) {
        return changes.put(api("group/fence", group + "/" + address), Fenced.class);
    }

    /** It takes part again; whether it was fenced. */
    public boolean unfence(int group, String address) {
        return changes.put(api("group/unfence", group + "/" + address), JsonNode.class)
                .path("changed")
                .asBoolean();
    }

    /**
     * The map of a cluster whose coordinator has lost it, as the servers that answer have it.
     *
     * @param slots that belong to a group
     * @param missing servers of it that were not heard, or have lost their volume
     */
    public record Rebuilt(int groups, int slots, List<String> servers, List<String> missing) {}

    /** A person gives up what servers know that do not answer; these are asked, and all that they name. */
    public Rebuilt rebuild(Collection<String> servers) {
        return changes.put(api("rebuild", String.join(",", servers)), Rebuilt.class);
    }

    public void onlineProxy(String adminAddress) {
        changes.put(api("proxy/online", adminAddress));
    }

    public void removeProxy(String token, boolean force) {
        changes.put(api("proxy/remove", token + (force ? "/1" : "/0")));
    }

    /** Asks for moves that take all slots away from these groups. */
    public void drain(Collection<Integer> groups) {
        changes.put(api("slots/drain", groups.stream().map(String::valueOf).collect(Collectors.joining(","))));
    }

    /** Target group by slot; the moves are only asked for with {@code confirm}. */
    public Map<Integer, Integer> rebalance(boolean confirm) {
        JsonNode answer = changes.put(api("slots/rebalance", confirm ? "1" : "0"), JsonNode.class);
        var moves = new TreeMap<Integer, Integer>();
        for (Map.Entry<String, JsonNode> move : answer.properties()) {
            moves.put(Integer.parseInt(move.getKey()), move.getValue().asInt());
        }
        return moves;
    }

    /**
     * A hold of moves.
     *
     * @param id of another one than before when moves may have begun in between
     * @param moving slots whose move has not ended yet
     */
    public record Hold(String id, int moving) {}

    /** No move begins for this time, which begins anew with each call; of zero ends the hold. */
    public Hold holdMoves(String holder, Duration time) {
        return changes.put(api("slots/action/hold", holder + "/" + time.toSeconds()), Hold.class);
    }

    private String api(String operation, String rest) {
        return base() + "/api/topom/" + operation + "/" + xauth + "/" + rest;
    }

    private String base() {
        return "http://" + addresses.get(asked);
    }

    @Override
    public void close() {
        reads.close();
    }

    /** Elements of an array that may be missing. */
    static List<JsonNode> items(JsonNode array) {
        var items = new ArrayList<JsonNode>();
        array.forEach(items::add);
        return items;
    }
}
