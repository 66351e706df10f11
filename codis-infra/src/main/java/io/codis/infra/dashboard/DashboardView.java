package io.codis.infra.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.TakenSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The dashboard's stats, read.
 *
 * @param owners group of each slot, 0 if offline
 * @param targets group that each slot moves to, 0 if it does not move
 * @param notices what somebody should know now
 */
public record DashboardView(
        List<Group> groups, List<Proxy> proxies, int[] owners, int[] targets, Moves moves, List<Notice> notices) {

    private static final Set<String> OF_MOVES = Stream.of(
                    Reason.TARGET_UNFIT, Reason.FOREIGN_KEYS, Reason.BIG_KEY, Reason.MOVE_FAILED)
            .map(Reason::word)
            .collect(Collectors.toSet());

    private static final Pattern GROUP = Pattern.compile("group-\\[(\\d+)]");
    private static final Pattern ADDRESS = Pattern.compile("[\\w.-]+:\\d+");
    /** As decisions about a group name those that nobody has heard of. */
    private static final Pattern UNHEARD =
            Pattern.compile("(\\[[^]]*])(?: may have newer data|, which may have it, is silent)");

    private static final Pattern FENCED = Pattern.compile("; (\\[[^]]*]) (?:is|are) fenced by a person$");

    private static final Set<Reason> OF_ROLES =
            EnumSet.of(Reason.NOT_READY, Reason.NEEDS_DECISION, Reason.COORDINATOR_LOST);

    /**
     * @param servers the master first
     * @param promoting a promotion is under way
     */
    public record Group(int id, List<Server> servers, boolean promoting) {
        public Optional<Server> master() {
            return servers.stream().findFirst();
        }
    }

    /**
     * @param known the dashboard has its INFO
     * @param runId of its engine's process
     * @param masterAddress what it replicates from, empty for none
     * @param linkUp the replication link works
     * @param keys in all databases, -1 if unknown
     * @param usedMemory bytes, -1 if unknown
     * @param error why nothing is known of it, or what is wrong with it; empty otherwise
     * @param settings how far it is with its live settings, empty if unknown
     * @param fenced by a person
     */
    public record Server(
            String address,
            boolean known,
            String runId,
            String masterAddress,
            boolean linkUp,
            long keys,
            long usedMemory,
            long offset,
            String error,
            Optional<TakenSettings> settings,
            boolean fenced) {

        public boolean serves() {
            return known && masterAddress.isEmpty();
        }

        public boolean inSyncWith(String master) {
            return known && linkUp && masterAddress.equals(master);
        }
    }

    /**
     * @param startTime opaque; another one is another process
     * @param online it serves clients by what it said last
     */
    public record Proxy(
            int id, String token, String startTime, String adminAddress, String address, boolean online, long qps) {}

    /**
     * What the slot mover says of itself.
     *
     * @param status where it is, in one line for people
     * @param keysPerSecond out of all groups together
     * @param left until all has moved that is asked for now; empty when that is not known
     * @param problem why some slots do not move, empty otherwise
     */
    public record Moves(String status, long keysPerSecond, Optional<Duration> left, String problem) {

        /** Of who says nothing. */
        public static final Moves NONE = new Moves("", 0, Optional.empty(), "");
    }

    /** @param object such as {@code group-[1]} */
    public record Notice(Reason reason, String object, String message) {}

    /**
     * Of the answer to {@code stats}.
     *
     * @param names of members by the addresses that engines use
     */
    public static DashboardView of(JsonNode stats, UnaryOperator<String> names) {
        JsonNode proxyStats = stats.path("proxy").path("stats");
        List<JsonNode> slots = DashboardApi.items(stats.path("slots"));
        return new DashboardView(
                DashboardApi.items(stats.path("group").path("models")).stream()
                        .map(group -> group(group, stats, names))
                        .toList(),
                DashboardApi.items(stats.path("proxy").path("models")).stream()
                        .map(proxy -> proxy(proxy, proxyStats))
                        .toList(),
                slots.stream().mapToInt(slot -> slot.path("group_id").asInt()).toArray(),
                slots.stream()
                        .mapToInt(slot ->
                                slot.path("action").path("state").asText("").isEmpty()
                                        ? 0
                                        : slot.path("action").path("target_id").asInt())
                        .toArray(),
                moves(stats.path("slot_action"), stats.path("conditions")),
                DashboardApi.items(stats.path("conditions")).stream()
                        .map(each -> new Notice(
                                Reason.ofWord(each.path("reason").asText()),
                                each.path("object").asText(),
                                each.path("message").asText()))
                        .toList());
    }

    private static Moves moves(JsonNode action, JsonNode conditions) {
        List<JsonNode> bySource = DashboardApi.items(action.path("moves"));
        long[] left = bySource.stream()
                .mapToLong(move -> move.path("eta_seconds").asLong(-1))
                .toArray();
        boolean known = left.length > 0 && Arrays.stream(left).allMatch(seconds -> seconds >= 0);
        return new Moves(
                action.path("progress").path("status").asText(""),
                bySource.stream()
                        .mapToLong(move -> move.path("keys_per_second").asLong())
                        .sum(),
                known ? Optional.of(Duration.ofSeconds(Arrays.stream(left).max().getAsLong())) : Optional.empty(),
                DashboardApi.items(conditions).stream()
                        .filter(each -> OF_MOVES.contains(each.path("reason").asText()))
                        .map(each -> each.path("reason").asText() + ": "
                                + each.path("message").asText())
                        .findFirst()
                        .orElse(""));
    }

    private static Group group(JsonNode group, JsonNode stats, UnaryOperator<String> names) {
        return new Group(
                group.path("id").asInt(),
                DashboardApi.items(group.path("servers")).stream()
                        .map(server -> server(server.path("server").asText(), stats, names))
                        .toList(),
                !group.path("promoting").path("state").asText("").isEmpty());
    }

    private static Server server(String address, JsonNode stats, UnaryOperator<String> names) {
        JsonNode entry = stats.path("group").path("stats").path(address);
        JsonNode info = entry.path("stats");
        String error = entry.path("timeout").asBoolean()
                ? "no answer in time"
                : entry.path("error").path("Cause").asText(entry.path("error").asText(refusesWrites(info)));
        return new Server(
                address,
                info.isObject() && !info.isEmpty(),
                info.path("run_id").asText(""),
                names.apply(info.path("master_addr").asText("")),
                info.path("master_link_status").asText("").equals("up"),
                info.isObject() ? keys(info) : -1,
                info.path("used_memory").asLong(-1),
                info.path("master_repl_offset").asLong(-1),
                error,
                settings(stats.path("live_settings").path(address)),
                DashboardApi.items(stats.path("fenced")).stream()
                        .anyMatch(fenced -> fenced.asText().equals(address)));
    }

    private static Optional<TakenSettings> settings(JsonNode taken) {
        return taken.isObject()
                ? Optional.of(new TakenSettings(
                        taken.path("digest").asText(),
                        DashboardApi.items(taken.path("refused")).stream()
                                .map(JsonNode::asText)
                                .toList()))
                : Optional.empty();
    }

    /** An engine whose disk does not take what it writes answers MISCONF to every write, and is well otherwise. */
    private static String refusesWrites(JsonNode info) {
        boolean log = info.path("aof_last_write_status").asText("").equals("err");
        boolean snapshot = info.path("rdb_last_bgsave_status").asText("").equals("err")
                && info.path("aof_enabled").asText("").equals("0");
        return log || snapshot ? "unable to write to its disk" : "";
    }

    /** Sums {@code dbN} lines such as {@code keys=5,expires=0,avg_ttl=0}. */
    private static long keys(JsonNode info) {
        return info.properties().stream()
                .filter(entry -> entry.getKey().matches("db\\d+"))
                .mapToLong(entry -> {
                    String text = entry.getValue().asText();
                    int end = text.indexOf(',');
                    return Long.parseLong(text.substring("keys=".length(), end < 0 ? text.length() : end));
                })
                .sum();
    }

    private static Proxy proxy(JsonNode proxy, JsonNode stats) {
        String token = proxy.path("token").asText();
        JsonNode said = stats.path(token).path("stats");
        return new Proxy(
                proxy.path("id").asInt(),
                token,
                proxy.path("start_time").asText(""),
                proxy.path("admin_addr").asText(),
                proxy.path("proxy_addr").asText(),
                said.path("online").asBoolean() && !said.path("closed").asBoolean(),
                said.path("ops").path("qps").asLong());
    }

    /** Slots that move. */
    public int moving() {
        int moving = 0;
        for (int target : targets) {
            moving += target == 0 ? 0 : 1;
        }
        return moving;
    }

    /** Those of them that nobody had before: no key goes anywhere. */
    public int assigning() {
        return (int) IntStream.range(0, targets.length)
                .filter(slot -> targets[slot] != 0 && owners[slot] == 0)
                .count();
    }

    public int owned(int group) {
        int owned = 0;
        for (int owner : owners) {
            owned += owner == group ? 1 : 0;
        }
        return owned;
    }

    public Optional<Group> group(int id) {
        return groups.stream().filter(group -> group.id() == id).findFirst();
    }

    /** Each server that a person has fenced, in words, with what ends it; {@code codis} as in {@link #inWords}. */
    public List<String> fences(UnaryOperator<String> names, UnaryOperator<String> codis) {
        return groups.stream()
                .flatMap(group -> group.servers().stream())
                .filter(Server::fenced)
                .map(server -> names.apply(server.address()))
                .map(name -> name + " is fenced by a person, until: " + codis.apply("unfence " + name))
                .toList();
    }

    /** What engines did not take of their live settings, in words, with the server's name before. */
    public List<String> refusedSettings(UnaryOperator<String> names) {
        return groups.stream()
                .flatMap(group -> group.servers().stream())
                .flatMap(server -> server.settings().map(TakenSettings::refused).orElse(List.of()).stream()
                        .map(words -> names.apply(server.address()) + ": " + words))
                .toList();
    }

    /** Why the map of slots and groups is not there, when the coordinator has lost it. */
    public Optional<Notice> lostMap() {
        return notices.stream()
                .filter(notice -> notice.reason() == Reason.COORDINATOR_LOST
                        && !GROUP.matcher(notice.object()).matches())
                .findFirst();
    }

    /** Why a group has no master that serves; empty if it has one, or that is not known. */
    public Optional<Notice> standstill(int id) {
        String object = "group-[" + id + "]";
        return notices.stream()
                .filter(notice -> notice.object().equals(object) && OF_ROLES.contains(notice.reason()))
                .findFirst();
    }

    /** Members that the group waits for, by their addresses, when a person may decide to go on without what they have. */
    static List<String> unheard(Notice standstill) {
        return UNHEARD.matcher(standstill.message())
                .results()
                .flatMap(found -> ADDRESS.matcher(found.group(1)).results())
                .map(MatchResult::group)
                .filter(member -> !standstill.message().contains("the engine of " + member + " does not start"))
                .toList();
    }

    /**
     * A {@link #standstill} or {@link #lostMap} for people.
     *
     * @param names of servers by their addresses
     * @param codis the command with these arguments, for this cluster
     */
    public static String inWords(Notice standstill, UnaryOperator<String> names, UnaryOperator<String> codis) {
        Matcher group = GROUP.matcher(standstill.object());
        String text = inWords(standstill, names) + unfencing(standstill, names, codis);
        return switch (standstill.reason()) {
            case NEEDS_DECISION ->
                text + "; bring that data back, or give it up: "
                        + codis.apply("failover " + (group.matches() ? group.group(1) : "GROUP") + " --accept-loss");
            case COORDINATOR_LOST ->
                text + "; bring those servers back, or give up what only they know: "
                        + codis.apply("rebuild --accept-loss");
            default -> text;
        };
    }

    private static String unfencing(Notice standstill, UnaryOperator<String> names, UnaryOperator<String> codis) {
        Matcher fenced = FENCED.matcher(standstill.message());
        return fenced.find()
                ? ADDRESS.matcher(fenced.group(1))
                        .results()
                        .map(found -> codis.apply("unfence " + names.apply(found.group())))
                        .collect(Collectors.joining(", ", "; to let it be chosen: ", ""))
                : "";
    }

    /** Why, and not what a person can do. */
    static String inWords(Notice standstill, UnaryOperator<String> names) {
        String why = ADDRESS.matcher(standstill.message())
                .replaceAll(found -> Matcher.quoteReplacement(names.apply(found.group())));
        Matcher group = GROUP.matcher(standstill.object());
        return group.matches() ? "group " + group.group(1) + " has no master: " + why : why;
    }

    /** Who takes over in a planned switchover: the first replica in sync. Fails with {@code NotFound} or {@code NotReady}. */
    public Server heir(int id) {
        Group group = group(id)
                .orElseThrow(() -> new CodisException(
                        Reason.NOT_FOUND,
                        "there is no group " + id + "; use one of "
                                + groups.stream().map(each -> "" + each.id()).collect(Collectors.joining(", "))));
        String master = group.master().map(Server::address).orElse("");
        return group.servers().stream()
                .skip(1)
                .filter(server -> server.inSyncWith(master))
                .findFirst()
                .orElseThrow(() -> new CodisException(
                        Reason.NOT_READY,
                        "group " + id + " has no replica in sync that could take over"
                                + standstill(id)
                                        .map(notice -> ": " + notice.message())
                                        .orElse("")));
    }

    /** The proxy whose API listens there. */
    public Optional<Proxy> proxyAt(String adminAddress) {
        return proxies.stream()
                .filter(proxy -> proxy.adminAddress().equals(adminAddress))
                .findFirst();
    }
}
