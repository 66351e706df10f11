package io.codis.dashboard.role;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.MemberCommand.FenceServer;
import io.codis.core.topology.MemberCommand.UnfenceServer;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.rest.RoleService.Fenced;
import io.codis.dashboard.store.ClusterState;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A person's word that a server is to take part in nothing, or in everything again. Stored first; {@link Fences} keeps it. */
final class Fencing {

    private static final Logger LOG = LoggerFactory.getLogger(Fencing.class);

    private final ClusterState state;
    private final Launchers launchers;

    Fencing(RoleEnvironment environment) {
        this.state = environment.state();
        this.launchers = new Launchers(environment.servers().launchers(), state);
    }

    /** @param switchover makes a member of the group its master */
    Fenced fence(GroupLoop loop, String address, Consumer<String> switchover) {
        int gid = loop.group();
        Group group = state.topology().group(gid);
        if (group.required(address).fenced()) {
            return answer(group, false, true);
        }
        requireMaster(group);
        if (group.indexOf(address) == 0) {
            giveAway(group, switchover);
        }
        return loop.between(() -> {
            Group fenced = state.commit(new FenceServer(gid, address)).group(gid);
            LOG.info("event=fence group={} server={}", gid, address);
            return answer(fenced, true, reached(address));
        });
    }

    boolean unfence(int gid, String address) {
        if (!state.topology().group(gid).required(address).fenced()) {
            return false;
        }
        state.commit(new UnfenceServer(gid, address));
        LOG.info("event=unfence group={} server={}", gid, address);
        return true;
    }

    /** While a group has no master it may need each of its servers. */
    private void requireMaster(Group group) {
        String master = group.members().getFirst().address();
        boolean serves;
        try {
            ServerState seen = launchers.state(master);
            serves = seen.role() == ServerState.Role.MASTER
                    && seen.epoch() == group.epoch()
                    && seen.engine() == ServerState.Engine.UP;
        } catch (CodisException e) {
            serves = false;
        }
        if (!serves) {
            throw new CodisException(
                    Reason.NOT_READY,
                    "group-[" + group.id()
                            + "] has no master that serves now, and may need each of its servers; try again"
                            + " when it has one");
        }
    }

    private static void giveAway(Group group, Consumer<String> switchover) {
        List<String> heirs = group.candidates();
        if (heirs.isEmpty()) {
            List<String> fenced = group.members().stream()
                    .filter(Member::fenced)
                    .map(Member::address)
                    .toList();
            throw new CodisException(
                    Reason.NOT_READY,
                    "group-[" + group.id()
                            + "] would serve nobody: no other member is in sync and could be its master; "
                            + (fenced.isEmpty() ? "wait until one is" : "unfence one of " + fenced + ", or wait"));
        }
        for (int heir = 0; ; heir++) {
            try {
                switchover.accept(heirs.get(heir));
                return;
            } catch (CodisException e) {
                if (heir == heirs.size() - 1) {
                    throw e;
                }
                LOG.info("event=heir-does-not-take-over server={} cause={}", heirs.get(heir), e.getMessage());
            }
        }
    }

    private boolean reached(String address) {
        try {
            return launchers.fence(address).role() == ServerState.Role.FENCED;
        } catch (CodisException e) {
            LOG.warn("event=server-not-fenced server={} cause={}", address, e.getMessage());
            return false;
        }
    }

    private static Fenced answer(Group group, boolean changed, boolean reached) {
        return new Fenced(
                changed,
                group.members().getFirst().address(),
                group.candidates().size(),
                reached);
    }
}
