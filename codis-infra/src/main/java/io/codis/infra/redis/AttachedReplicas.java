package io.codis.infra.redis;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A master's own view of its replicas, from {@code INFO replication}.
 *
 * @param offset {@code master_repl_offset}
 * @param connected every replica that has a connection, synchronised or not
 * @param acknowledged offset by announced address, for replicas in state {@code online}
 */
record AttachedReplicas(boolean master, String replid, long offset, int connected, Map<String, Long> acknowledged) {

    private static final Pattern REPLICA = Pattern.compile("slave\\d+");

    static AttachedReplicas parse(String info) {
        Map<String, String> fields = InfoText.fields(info);
        var acknowledged = new HashMap<String, Long>();
        fields.forEach((name, value) -> {
            if (REPLICA.matcher(name).matches()) {
                addReplica(value, acknowledged);
            }
        });
        return new AttachedReplicas(
                "master".equals(fields.get("role")),
                fields.getOrDefault("master_replid", ""),
                Long.parseLong(fields.getOrDefault("master_repl_offset", "0")),
                Integer.parseInt(fields.getOrDefault("connected_slaves", "0")),
                Map.copyOf(acknowledged));
    }

    /** {@code ip=10.0.0.2,port=6379,state=online,offset=1234,lag=0}, with further pairs on newer engines. */
    private static void addReplica(String pairs, Map<String, Long> into) {
        var values = new HashMap<String, String>();
        for (String pair : pairs.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        if ("online".equals(values.get("state"))) {
            into.merge(
                    values.get("ip") + ":" + values.get("port"),
                    Long.parseLong(values.getOrDefault("offset", "0")),
                    Math::min); // two of one name: whoever it is, it has at least this
        }
    }
}
