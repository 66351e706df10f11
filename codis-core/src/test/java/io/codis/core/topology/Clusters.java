package io.codis.core.topology;

import io.codis.core.failover.Promotion;
import io.codis.core.slot.SlotHash;
import java.util.TreeMap;

/** Topologies to begin tests with. Server n of group g is {@code g.n:6379}. */
public final class Clusters {

    private Clusters() {}

    public static Topology empty() {
        return Topology.empty("demo", "c0ffee");
    }

    /** {@code groups} groups of {@code members} servers, bootstrapped, every replica a candidate, no slot assigned. */
    public static Topology of(int groups, int members) {
        Topology topology = empty().apply(new LeadCommand.TakeLead());
        for (int g = 1; g <= groups; g++) {
            topology = topology.apply(new GroupCommand.CreateGroup(g));
            for (int n = 1; n <= members; n++) {
                topology = topology.apply(new GroupCommand.AddServer(g, server(g, n), "dc" + n));
            }
            topology = promoted(topology, g, server(g, 1), Promotion.Kind.BOOTSTRAP);
            for (int n = 2; n <= members; n++) {
                topology = candidate(topology, g, server(g, n));
            }
        }
        return topology;
    }

    /** All slots given to the groups in equal runs. */
    public static Topology assigned(int groups, int members) {
        Topology topology = of(groups, members);
        var owners = new TreeMap<Integer, Integer>();
        for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
            owners.put(slot, slot * groups / SlotHash.SLOTS + 1);
        }
        return topology.apply(new SlotCommand.AssignSlots(owners));
    }

    public static String server(int group, int n) {
        return group + "." + n + ":6379";
    }

    public static Topology candidate(Topology topology, int group, String address) {
        return topology.apply(new MemberCommand.AwaitReplica(group, address))
                .apply(new MemberCommand.AdmitCandidate(group, address));
    }

    public static Topology promoted(Topology topology, int group, String address, Promotion.Kind kind) {
        return topology.apply(new PromotionCommand.StartPromotion(group, address, kind))
                .apply(new PromotionCommand.PromotionPrepared(group, address, "run"))
                .apply(new PromotionCommand.PromotionFinished(group))
                .apply(new PromotionCommand.PromotionCleared(group));
    }

    public static ProxyModel proxy(String token) {
        return new ProxyModel(
                token,
                "start",
                "127.0.0.1:11080",
                "tcp4",
                "127.0.0.1:19000",
                null,
                "demo",
                7,
                "/",
                "sys",
                "host",
                "dc1");
    }
}
