package io.codis.proxy.move;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code INFO replication} of a master says.
 *
 * @param offset of the master
 * @param replicas offset of each attached replica, by announced address
 */
record Replication(boolean master, long offset, Map<String, Long> replicas) {

    static Replication parse(String info) {
        boolean master = false;
        long offset = -1;
        Map<String, Long> replicas = new HashMap<>();
        for (String line : info.split("\r\n")) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon);
            String value = line.substring(colon + 1);
            if (name.equals("role")) {
                master = value.equals("master");
            } else if (name.equals("master_repl_offset")) {
                offset = Long.parseLong(value);
            } else if (name.matches("slave\\d+")) {
                replica(value, replicas);
            }
        }
        return new Replication(master, offset, replicas);
    }

    private static void replica(String value, Map<String, Long> replicas) {
        Map<String, String> fields = new HashMap<>();
        for (String field : value.split(",")) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.put(field.substring(0, equals), field.substring(equals + 1));
            }
        }
        if ("online".equals(fields.get("state"))) {
            replicas.put(
                    fields.get("ip") + ":" + fields.get("port"), Long.parseLong(fields.getOrDefault("offset", "-1")));
        }
    }

    /** Whether every candidate has everything up to {@code position}. */
    boolean have(List<String> candidates, long position) {
        for (String candidate : candidates) {
            Long has = replicas.get(candidate);
            if (has == null || has < position) {
                return false;
            }
        }
        return master && position >= 0;
    }
}
