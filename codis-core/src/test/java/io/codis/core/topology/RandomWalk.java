package io.codis.core.topology;

import io.codis.core.failover.Promotion;
import io.codis.core.problem.CodisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A cluster that has been through many commands, legal and not; refused ones leave no trace. */
final class RandomWalk {

    private final Random random;
    private Topology topology;

    RandomWalk(Random random, Topology start) {
        this.random = random;
        this.topology = start;
    }

    Topology topology() {
        return topology;
    }

    /** True when the command was legal. */
    boolean step() {
        try {
            topology = topology.apply(command());
            return true;
        } catch (CodisException e) {
            return false;
        }
    }

    private TopologyCommand command() {
        return switch (random.nextInt(22)) {
            case 0 -> new LeadCommand.TakeLead();
            case 1 -> new GroupCommand.CreateGroup(group());
            case 2 -> new GroupCommand.RemoveGroup(group());
            case 3 -> new GroupCommand.AddServer(group(), server(), "dc");
            case 4 -> new GroupCommand.RemoveServer(group(), server());
            case 5 -> new GroupCommand.NewMoveGeneration(group());
            case 6 -> new MemberCommand.AwaitReplica(group(), server());
            case 7 -> new MemberCommand.AdmitCandidate(group(), server());
            case 8 -> new MemberCommand.DropCandidate(group(), server(), random.nextBoolean());
            case 9 -> new MemberCommand.SetReplicaGroup(group(), server(), random.nextBoolean());
            case 10 -> new MemberCommand.CreateSyncAction(server());
            case 11 -> new PromotionCommand.StartPromotion(group(), server(), kind());
            case 12 -> new PromotionCommand.RestartPromotion(group(), server(), kind());
            case 13 -> new PromotionCommand.PromotionPrepared(group(), server(), "run");
            case 14 ->
                random.nextBoolean()
                        ? new PromotionCommand.PromotionFinished(group())
                        : new PromotionCommand.PromotionCleared(group());
            case 15 -> new SlotCommand.CreateRangeMoves(slot(), slot(), group());
            case 16 -> new SlotCommand.CreateSomeMoves(random.nextInt(4), group(), random.nextInt(40));
            case 17 -> new SlotCommand.OfflineSlots(List.of(slot()));
            case 18 -> batchStep();
            case 19 -> new MemberCommand.FenceServer(group(), server());
            case 20 -> new MemberCommand.UnfenceServer(group(), server());
            default -> proxy();
        };
    }

    /** A whole batch of one state and source, since random slots would hardly ever agree. */
    private TopologyCommand batchStep() {
        var acting = topology.slots().stream().filter(s -> !s.idle()).toList();
        if (acting.isEmpty()) {
            return new SlotCommand.CreateSomeMoves(random.nextInt(4), group(), 30);
        }
        Slot one = acting.get(random.nextInt(acting.size()));
        var batch = new ArrayList<>(acting.stream()
                .filter(s -> s.group() == one.group()
                        && s.action().getClass() == one.action().getClass())
                .map(Slot::id)
                .toList());
        var steps = SlotStep.Step.values();
        return new SlotStep(steps[random.nextInt(steps.length)], batch);
    }

    private TopologyCommand proxy() {
        String token = "t" + random.nextInt(3);
        return switch (random.nextInt(4)) {
            case 0 -> new ProxyCommand.OnlineProxy(Clusters.proxy(token));
            case 1 -> new ProxyCommand.AdmitProxy(token);
            case 2 -> new ProxyCommand.EvictProxy(token);
            default -> new ProxyCommand.RemoveProxy(token);
        };
    }

    private int group() {
        return 1 + random.nextInt(4);
    }

    private int slot() {
        return random.nextInt(1024);
    }

    private String server() {
        return Clusters.server(1 + random.nextInt(4), 1 + random.nextInt(3));
    }

    private Promotion.Kind kind() {
        return Promotion.Kind.values()[random.nextInt(Promotion.Kind.values().length)];
    }
}
