package io.codis.dashboard.rest;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Group;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.Member;
import io.codis.core.topology.MemberCommand;
import io.codis.core.topology.Topology;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.stats.ServerWatch;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import io.codis.infra.redis.InfoText;
import io.codis.infra.redis.Replies;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Groups, their servers, promotions and replication jobs. */
final class GroupRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(GroupRoutes.class);
    private static final String BASE = "/api/topom/group/";
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration IN_FORCE = Duration.ofSeconds(5);

    /** A launcher that has just started is slow to answer for the first time. */
    private static final Duration LAUNCHER = Duration.ofSeconds(5);

    /** @param changed it was fenced before */
    record Unfenced(boolean changed) {}

    private GroupRoutes() {}

    static void add(HttpApi.Builder api, Guard guard) {
        api.put(
                        BASE + "create/{x}/{gid}",
                        guard.change((c, r) -> c.state().commit(new GroupCommand.CreateGroup(r.integer("gid")))))
                .put(
                        BASE + "remove/{x}/{gid}",
                        guard.change((c, r) -> c.state().commit(new GroupCommand.RemoveGroup(r.integer("gid")))))
                .put(BASE + "resync/{x}/{gid}", guard.change((c, r) -> resync(c, r.integer("gid"))))
                .put(
                        BASE + "resync-all/{x}",
                        guard.change((c, r) -> c.topology().groups().keySet().forEach(gid -> resync(c, gid))))
                .put(BASE + "add/{x}/{gid}/{addr}", guard.change((c, r) -> addServer(c, r, "")))
                .put(
                        BASE + "add/{x}/{gid}/{addr}/{datacenter}",
                        guard.change((c, r) -> addServer(c, r, r.param("datacenter"))))
                .put(BASE + "del/{x}/{gid}/{addr}", guard.change(GroupRoutes::removeServer))
                .put(
                        BASE + "promote/{x}/{gid}/{addr}",
                        guard.change((c, r) -> c.roles().switchover(r.integer("gid"), r.param("addr"))))
                .put(
                        BASE + "accept-loss/{x}/{gid}",
                        guard.leading((c, r) -> Response.json(c.roles().acceptLoss(r.integer("gid")))))
                .put(
                        BASE + "accept-loss/{x}/{gid}/{addr}",
                        guard.change((c, r) -> c.roles().acceptLoss(r.integer("gid"), r.param("addr"))))
                .put(
                        BASE + "fence/{x}/{gid}/{addr}",
                        guard.leading((c, r) -> Response.json(c.roles().fence(r.integer("gid"), r.param("addr")))))
                .put(
                        BASE + "unfence/{x}/{gid}/{addr}",
                        guard.leading((c, r) ->
                                Response.json(new Unfenced(c.roles().unfence(r.integer("gid"), r.param("addr"))))))
                .put(
                        BASE + "replica-groups/{x}/{gid}/{addr}/{value}",
                        guard.change((c, r) -> c.state()
                                .commit(new MemberCommand.SetReplicaGroup(
                                        r.integer("gid"), r.param("addr"), r.flag("value")))))
                .put(BASE + "replica-groups-all/{x}/{value}", guard.change(GroupRoutes::replicaGroupsAll))
                .put(BASE + "action/create/{x}/{addr}", guard.change(GroupRoutes::createSync))
                .put(
                        BASE + "action/remove/{x}/{addr}",
                        guard.change((c, r) -> c.state().commit(new MemberCommand.RemoveSyncAction(r.param("addr")))))
                .get(BASE + "info/{addr}", guard.open((c, r) -> Response.json(info(c, r))));
    }

    private static void addServer(Control control, Request request, String datacenter) {
        String address = request.param("addr");
        var command = new GroupCommand.AddServer(request.integer("gid"), address, datacenter);
        // what the command itself refuses is told before anything is asked of the server
        control.topology().apply(command);
        ServerState seen;
        try {
            seen = control.access().launchers().within(LAUNCHER).state(address);
        } catch (CodisException e) {
            throw new CodisException(
                    e.reason(), "server@" + address + " fetch state of its launcher failed, " + e.getMessage(), e);
        }
        if (!seen.clusterId().isEmpty()
                && !seen.clusterId().equals(control.topology().clusterId())) {
            control.identities().lost().add(address, seen.clusterId());
        }
        control.state().commit(command);
        control.roles().attach(request.integer("gid"));
    }

    /** A server that leaves is fenced; the last one of a group leaves only without keys, and brings none with it later. */
    private static void removeServer(Control control, Request request) {
        int gid = request.integer("gid");
        String address = request.param("addr");
        var command = new GroupCommand.RemoveServer(gid, address);
        control.topology().apply(command);
        boolean last = control.topology().group(gid).members().size() == 1;
        if (last) {
            refuseIfKeys(control, gid, address);
        }
        control.state().commit(command);
        // before a volume forgets what it was told, the others know that nobody needs it any more
        control.identities().maps().tellAll();
        try {
            var launchers = control.access().launchers().within(LAUNCHER);
            launchers.fence(address, control.state().leaderEpoch());
            if (last) {
                launchers.wipe(address, control.state().leaderEpoch());
            }
        } catch (CodisException e) {
            LOG.warn(
                    "event=removed-server-not-fenced server={} reason={} cause={}",
                    address,
                    e.reason().word(),
                    e.getMessage());
        }
    }

    private static void refuseIfKeys(Control control, int gid, String address) {
        try (var engine = control.access().engines().open(address, TIMEOUT)) {
            var keyspace = InfoText.fields(Replies.text(engine.call("INFO", "keyspace")));
            if (!keyspace.isEmpty()) {
                throw new CodisException(
                        Reason.FOREIGN_KEYS,
                        "group-[" + gid + "] still holds keys: " + keyspace + "; its server stays");
            }
        } catch (CodisException e) {
            if (e.reason() == Reason.FOREIGN_KEYS) {
                throw e;
            }
            // a dead server of a group without slots has nothing that anybody could ask for
            LOG.warn("event=removed-server-not-seen server={} cause={}", address, e.getMessage());
        }
    }

    private static void resync(Control control, int gid) {
        Topology topology = control.topology();
        topology.group(gid);
        control.access().fleet().awaitConfirmed(topology.version(), IN_FORCE);
        control.access().fleet().reconcileAll();
        control.state().commit(new GroupCommand.MarkGroup(gid, false));
    }

    private static void replicaGroupsAll(Control control, Request request) {
        boolean serves = request.flag("value");
        for (Group group : control.topology().groups().values()) {
            for (Member member : group.members()) {
                if (member.replicaGroup() != serves) {
                    control.state().commit(new MemberCommand.SetReplicaGroup(group.id(), member.address(), serves));
                }
            }
        }
    }

    private static void createSync(Control control, Request request) {
        String address = request.param("addr");
        Topology topology = control.state().commit(new MemberCommand.CreateSyncAction(address));
        topology.groupOf(address).ifPresent(group -> control.roles().attach(group.id()));
    }

    /** Only of servers of this cluster: our login is not shown to strangers. */
    private static Map<String, String> info(Control control, Request request) {
        String address = request.param("addr");
        if (control.topology().groupOf(address).isEmpty()) {
            throw new CodisException(Reason.NOT_FOUND, "server-[" + address + "] doesn't exist");
        }
        try (var engine = control.access().engines().open(address, TIMEOUT)) {
            return ServerWatch.info(engine);
        }
    }
}
