package io.codis.core.replication;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The section {@code replication} of INFO. Offsets are bytes of the replication stream named by {@code replid}. */
public sealed interface ReplicationInfo {

    String replid();

    /** What this engine has. */
    long offset();

    /**
     * @throws CodisException {@link Reason#INVALID_ARGUMENT} when role or offset is not there: a cut text must not pass
     *     for a master that has nothing to replicate
     */
    static ReplicationInfo parse(String info) {
        return of(InfoFields.parse(info));
    }

    static ReplicationInfo of(InfoFields fields) {
        return switch (fields.text("role")) {
            case "slave" -> Replica.of(fields);
            case "master" -> Master.of(fields);
            case String role ->
                throw new CodisException(
                        Reason.INVALID_ARGUMENT, "INFO: role is \"" + role + "\", neither master nor slave");
        };
    }

    /**
     * @param connected every replica that has a connection, synchronised or not; the number that WAIT can reach at most
     */
    record Master(String replid, long offset, int connected, List<Attached> replicas) implements ReplicationInfo {

        private static final Pattern REPLICA = Pattern.compile("slave\\d+");

        public Master {
            replicas = List.copyOf(replicas);
        }

        static Master of(InfoFields fields) {
            var replicas = new ArrayList<Attached>();
            fields.values().forEach((name, value) -> {
                if (REPLICA.matcher(name).matches()) {
                    replicas.add(Attached.of(name, value));
                }
            });
            return new Master(
                    fields.text("master_replid"),
                    fields.number("master_repl_offset"),
                    (int) fields.number("connected_slaves", 0),
                    replicas);
        }

        /**
         * How far the replica of this announced address is known to be; empty when none is in sync. Of two connections
         * with one name the lesser counts: whichever is the replica, it has at least that.
         */
        public OptionalLong acknowledged(String address) {
            return replicas.stream()
                    .filter(r -> r.online() && r.address().equals(address))
                    .mapToLong(Attached::offset)
                    .min();
        }

        /** Every candidate, by announced address, is in sync and has {@code offset}. True without candidates. */
        public boolean acknowledgedBy(Collection<String> candidates, long offset) {
            return candidates.stream().allMatch(c -> acknowledged(c).orElse(-1) >= offset);
        }
    }

    /**
     * A replica as its master sees it.
     *
     * @param address {@code host:port} as the replica announces itself
     * @param online it follows the stream; else it still waits for its first synchronisation
     * @param lag seconds since its last acknowledgement
     */
    record Attached(String address, boolean online, long offset, long lag) {

        /** {@code ip=10.0.0.2,port=6379,state=online,offset=1234,lag=0}, with further pairs on newer engines. */
        static Attached of(String name, String value) {
            Map<String, String> pairs = InfoFields.pairs(value);
            return new Attached(
                    pairs.getOrDefault("ip", "") + ":" + pairs.getOrDefault("port", ""),
                    "online".equals(pairs.get("state")),
                    InfoFields.number(name, pairs.getOrDefault("offset", "")),
                    InfoFields.number(name, pairs.getOrDefault("lag", "0")));
        }
    }

    /**
     * @param master {@code host:port} it is told to follow, whether it can be reached or not
     * @param linkUp the connection stands and the first synchronisation is done
     * @param syncInProgress it is loading its master's whole data set
     * @param linkDownSeconds for how long there has been no connection; -1 while there is or was none
     */
    record Replica(
            String replid, long offset, String master, boolean linkUp, boolean syncInProgress, long linkDownSeconds)
            implements ReplicationInfo {

        static Replica of(InfoFields fields) {
            return new Replica(
                    fields.text("master_replid"),
                    // Redis 6.2 forgets the first when a fenced master refuses its PSYNC; the data is there all the
                    // same
                    Math.max(fields.number("slave_repl_offset"), fields.number("master_repl_offset")),
                    fields.text("master_host") + ":" + fields.text("master_port"),
                    fields.text("master_link_status").equals("up") && !fields.flag("master_sync_in_progress"),
                    fields.flag("master_sync_in_progress"),
                    fields.number("master_link_down_since_seconds", -1));
        }
    }
}
