package io.codis.dashboard.rest;

import io.codis.core.codis3.SlotMapping;
import io.codis.core.migration.Rebalancer;
import io.codis.core.migration.SlotAction;
import io.codis.core.migration.SlotView;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Group;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.Member;
import io.codis.core.topology.Slot;
import io.codis.core.topology.SlotCommand;
import io.codis.core.topology.Topology;
import io.codis.dashboard.migration.MoveHold;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Moves of slots, forced assignment, rebalance. */
final class SlotRoutes {

    private static final String BASE = "/api/topom/slots/";
    private static final Duration IN_FORCE = Duration.ofSeconds(5);

    private static final Duration LONGEST_HOLD = Duration.ofMinutes(5);

    private SlotRoutes() {}

    static void add(HttpApi.Builder api, Guard guard) {
        api.put(
                        BASE + "action/create/{x}/{sid}/{gid}",
                        guard.change((c, r) ->
                                c.state().commit(new SlotCommand.CreateMove(r.integer("sid"), r.integer("gid")))))
                .put(
                        BASE + "action/create-some/{x}/{src}/{dst}/{num}",
                        guard.change((c, r) -> c.state()
                                .commit(new SlotCommand.CreateSomeMoves(
                                        r.integer("src"), r.integer("dst"), r.integer("num")))))
                .put(
                        BASE + "action/create-range/{x}/{beg}/{end}/{gid}",
                        guard.change((c, r) -> c.state()
                                .commit(new SlotCommand.CreateRangeMoves(
                                        r.integer("beg"), r.integer("end"), r.integer("gid")))))
                .put(
                        BASE + "action/remove/{x}/{sid}",
                        guard.change((c, r) -> c.state().commit(new SlotCommand.WithdrawMove(r.integer("sid")))))
                .put(
                        BASE + "action/rollback/{x}/{sid}",
                        guard.change((c, r) -> c.moves().mover().rollBack(r.integer("sid"))))
                .put(
                        BASE + "action/interval/{x}/{value}",
                        guard.change((c, r) ->
                                c.moves().settings().interval((int) Math.clamp(r.number("value"), 0L, 1_000_000L))))
                .put(
                        BASE + "action/disabled/{x}/{value}",
                        guard.change((c, r) -> c.moves().settings().disabled(r.flag("value"))))
                .put(BASE + "action/hold/{x}/{holder}/{seconds}", guard.leading(SlotRoutes::hold))
                .put(BASE + "assign/{x}", guard.change(SlotRoutes::assign))
                .put(BASE + "assign/{x}/offline", guard.change(SlotRoutes::offline))
                .put(BASE + "rebalance/{x}/{confirm}", guard.leading(SlotRoutes::rebalance))
                .put(BASE + "drain/{x}/{gids}", guard.leading(SlotRoutes::drain));
    }

    /** What a hold answers. */
    record Hold(String id, long moving) {}

    /** For 0 seconds ends it. {@code moving} counts slots whose keys may lie on both sides. */
    private static Response hold(Control control, Request request) {
        String holder = request.param("holder");
        long seconds = request.number("seconds");
        if (seconds < 0 || seconds > LONGEST_HOLD.toSeconds()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT, "seconds = " + seconds + ": use 0 to " + LONGEST_HOLD.toSeconds());
        }
        MoveHold hold = control.moves().settings().hold();
        String id = "";
        if (seconds == 0) {
            hold.release(holder);
        } else {
            id = hold.hold(holder, Duration.ofSeconds(seconds));
        }
        long moving = control.topology().slots().stream()
                .filter(slot -> slot.group() != 0 && !slot.idle() && !(slot.action() instanceof SlotAction.Pending))
                .count();
        return Response.json(new Hold(id, moving));
    }

    private static Response rebalance(Control control, Request request) {
        boolean confirm = request.flag("confirm");
        Topology topology = control.topology();
        var plan = Rebalancer.plan(views(topology), withServers(topology));
        if (confirm && !plan.isEmpty()) {
            control.state().commit(new SlotCommand.CreateMoves(plan));
        }
        return Response.json(byText(plan));
    }

    private static Response drain(Control control, Request request) {
        Topology topology = control.topology();
        var leaving = new TreeSet<Integer>();
        for (String gid : request.param("gids").split(",", -1)) {
            leaving.add(topology.group(number(gid)).id());
        }
        var staying = withServers(topology);
        staying.removeAll(leaving);
        var plan = Rebalancer.drain(views(topology), staying, leaving);
        if (!plan.isEmpty()) {
            control.state().commit(new SlotCommand.CreateMoves(plan));
        }
        return Response.json(byText(plan));
    }

    private static int number(String gid) {
        try {
            return Integer.parseInt(gid.strip());
        } catch (NumberFormatException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "invalid gid", e);
        }
    }

    private static void assign(Control control, Request request) {
        var owners = new TreeMap<Integer, Integer>();
        for (SlotMapping mapping : request.jsonList(SlotMapping.class)) {
            idle(mapping);
            owners.put(mapping.id(), mapping.groupId());
        }
        control.identities().lost().refuseIfFound();
        Topology topology = control.state().commit(new SlotCommand.AssignSlots(owners));
        inForce(control, topology, new TreeSet<>(owners.values()));
    }

    private static void offline(Control control, Request request) {
        var slots = new TreeSet<Integer>();
        for (SlotMapping mapping : request.jsonList(SlotMapping.class)) {
            idle(mapping);
            if (mapping.groupId() != 0) {
                throw new CodisException(Reason.INVALID_ARGUMENT, "group of slot-[" + mapping.id() + "] should be 0");
            }
            slots.add(mapping.id());
        }
        var masters = slots.stream()
                .filter(id -> id >= 0 && id < control.topology().slots().size())
                .map(id -> control.topology().slot(id).group())
                .distinct()
                .filter(gid -> gid != 0)
                .flatMap(gid -> control.topology().group(gid).master().stream())
                .map(Member::address)
                .collect(Collectors.toSet());
        control.access().fleet().pass(new SlotCommand.OfflineSlots(List.copyOf(slots)), masters);
        // nobody gives them to another group before their old one knows that they are gone
        control.identities().maps().tellAll();
    }

    private static void idle(SlotMapping mapping) {
        var action = mapping.action();
        String state = action == null ? null : action.state();
        if (state != null && !state.isEmpty()) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "invalid slot-[" + mapping.id() + "] action = " + state);
        }
    }

    private static void inForce(Control control, Topology topology, SortedSet<Integer> groups) {
        groups.forEach(gid -> control.state().commit(new GroupCommand.MarkGroup(gid, true)));
        control.access().fleet().awaitConfirmed(topology.version(), IN_FORCE);
    }

    private static List<SlotView> views(Topology topology) {
        return topology.slots().stream().map(SlotRoutes::view).toList();
    }

    private static SlotView view(Slot slot) {
        return new SlotView(slot.id(), slot.group(), slot.action().target());
    }

    private static TreeSet<Integer> withServers(Topology topology) {
        return topology.groups().values().stream()
                .filter(group -> !group.members().isEmpty())
                .map(Group::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static SortedMap<String, Integer> byText(SortedMap<Integer, Integer> plan) {
        var text = new TreeMap<String, Integer>((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)));
        plan.forEach((slot, group) -> text.put(Integer.toString(slot), group));
        return text;
    }
}
