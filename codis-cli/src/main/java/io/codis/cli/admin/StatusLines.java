package io.codis.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/** The status texts of Codis 3.2, which scripts read line by line. */
final class StatusLines {

    private StatusLines() {}

    /** {@code [ ] proxy-1 [T] token [A] admin [P] proxy}, from the {@code proxy} part of the stats. */
    static String proxies(JsonNode proxies) {
        var lines = new StringBuilder();
        for (JsonNode proxy : proxies.path("models")) {
            String token = proxy.path("token").asText();
            lines.append('[')
                    .append(mark(proxies.path("stats").path(token)))
                    .append("] proxy-")
                    .append(proxy.path("id").asInt())
                    .append(" [T] ")
                    .append(token)
                    .append(" [A] ")
                    .append(proxy.path("admin_addr").asText())
                    .append(" [P] ")
                    .append(proxy.path("proxy_addr").asText())
                    .append('\n');
        }
        return lines.toString();
    }

    /** {@code [ ] group-1 [0] address ==> NO:ONE}, from the part of the stats that is about groups. */
    static String groups(JsonNode groups) {
        var lines = new StringBuilder();
        for (JsonNode group : groups.path("models")) {
            String master = group.path("servers").path(0).path("server").asText();
            int index = 0;
            for (JsonNode server : group.path("servers")) {
                String address = server.path("server").asText();
                JsonNode stats = groups.path("stats").path(address);
                String expected = index == 0 ? "" : master;
                lines.append('[')
                        .append(mark(stats, expected))
                        .append("] group-")
                        .append(group.path("id").asInt())
                        .append(" [")
                        .append(index)
                        .append("] ")
                        .append(address)
                        .append(follows(stats))
                        .append('\n');
                index++;
            }
        }
        return lines.toString();
    }

    /** {@code [0000,0511] => 1} for each run of slots, then {@code done}. */
    static String plan(SortedMap<Integer, Integer> moves) {
        if (moves.isEmpty()) {
            return "nothing changes\n";
        }
        var lines = new StringBuilder();
        int first = -1;
        int last = -1;
        int group = -1;
        for (Map.Entry<Integer, Integer> move : moves.entrySet()) {
            if (move.getKey() != last + 1 || move.getValue() != group) {
                appendRun(lines, first, last, group);
                first = move.getKey();
                group = move.getValue();
            }
            last = move.getKey();
        }
        appendRun(lines, first, last, group);
        return lines.append("done\n").toString();
    }

    private static void appendRun(StringBuilder lines, int first, int last, int group) {
        if (first >= 0) {
            lines.append(String.format(Locale.ROOT, "[%04d,%04d] => %d\n", first, last, group));
        }
    }

    private static String mark(JsonNode stats) {
        if (stats.hasNonNull("error")) {
            return "E";
        }
        if (stats.path("timeout").asBoolean()) {
            return "T";
        }
        return stats.isMissingNode() || !stats.hasNonNull("stats") ? "?" : " ";
    }

    /** X: it answers, but does not follow {@code master} (empty: nobody) as it should. */
    private static String mark(JsonNode stats, String master) {
        String mark = mark(stats);
        JsonNode info = stats.path("stats");
        boolean expected = info.path("master_addr").asText("").equals(master)
                && (master.isEmpty()
                        || info.path("master_link_status").asText("").equals("up"));
        return mark.equals(" ") && !expected ? "X" : mark;
    }

    private static String follows(JsonNode stats) {
        JsonNode info = stats.path("stats");
        if (!info.isObject()) {
            return "";
        }
        String master = info.path("master_addr").asText("");
        return " ==> "
                + (master.isEmpty()
                        ? "NO:ONE"
                        : master + ":" + info.path("master_link_status").asText(""));
    }
}
