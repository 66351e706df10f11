package io.codis.core.topology;

import static io.codis.core.topology.Refusal.refuse;

import io.codis.core.problem.Reason;
import java.util.ArrayList;

/** Leadership and what the leader records of the sentinels. */
public sealed interface LeadCommand extends TopologyCommand {

    /** A dashboard starts to lead: a new epoch, higher than any before. */
    record TakeLead() implements LeadCommand {

        @Override
        public Topology changed(Topology before) {
            long epoch = before.epoch() + 1;
            return before.withEpoch(epoch).withLeaderEpoch(epoch);
        }
    }

    /** A server's name has another address: what is pushed differs, so it carries another version. */
    record NewAddresses() implements LeadCommand {

        @Override
        public Topology changed(Topology before) {
            return before;
        }
    }

    record AddSentinel(String address) implements LeadCommand {

        @Override
        public Topology changed(Topology before) {
            if (!Addresses.valid(address)) {
                throw refuse(Reason.INVALID_ARGUMENT, "invalid sentinel address");
            }
            var servers = new ArrayList<>(before.sentinels().servers());
            if (servers.contains(address)) {
                throw refuse(Reason.ALREADY_EXISTS, "sentinel-[%s] already exists", address);
            }
            servers.add(address);
            return before.withSentinels(new Sentinels(servers, true));
        }
    }

    record RemoveSentinel(String address) implements LeadCommand {

        @Override
        public Topology changed(Topology before) {
            var servers = new ArrayList<>(before.sentinels().servers());
            if (!servers.remove(address)) {
                throw refuse(Reason.NOT_FOUND, "sentinel-[%s] not found", address);
            }
            return before.withSentinels(new Sentinels(servers, true));
        }
    }

    /** Whether sentinels and proxies know the present groups. */
    record MarkSentinels(boolean outOfSync) implements LeadCommand {

        @Override
        public Topology changed(Topology before) {
            return before.withSentinels(new Sentinels(before.sentinels().servers(), outOfSync));
        }
    }
}
