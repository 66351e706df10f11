package io.codis.proxy.move;

import io.codis.core.wire.Credentials;
import io.codis.proxy.acknowledge.Acknowledger;
import io.codis.proxy.acknowledge.Ask;
import io.codis.proxy.acknowledge.Ask.Answer;
import io.codis.proxy.acknowledge.Words;
import io.codis.proxy.backend.Server;
import io.codis.proxy.engine.Loop;
import io.codis.proxy.move.KeyMove.Key;
import io.codis.proxy.move.KeyMove.Task;
import io.codis.proxy.route.RouteMap;
import io.codis.proxy.route.Slot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves keys from one group to another for the requests of one loop. Requests of one slot leave in the order in which
 * they came, so that a pipeline reads its own writes.
 */
final class Mover {

    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);
    private static final int REMEMBERED = 50_000;
    /** A key that was too big is asked for again so soon: it may have been moved, or have become smaller. */
    private static final long BIG_AGAIN = 100_000_000L;

    private final Loop loop;
    private final long timeoutMillis;
    private final RouteMap.Move move;
    private final Server source;
    private final Server target;
    private final Acknowledger sourceAcknowledger;
    private final Acknowledger targetAcknowledger;
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final Map<Key, KeyMove> moves = new HashMap<>();
    private final Set<Key> moved = new HashSet<>();
    private final Map<Slot, Line> order = new HashMap<>();
    private final Set<KeyMove> big = new LinkedHashSet<>();
    private boolean broken;
    private boolean retired;
    private String sourceRunId = "";

    Mover(Loop loop, long timeoutMillis, RouteMap.Move move, Server source, Server target) {
        this.loop = loop;
        this.timeoutMillis = timeoutMillis;
        this.move = move;
        this.source = source;
        this.target = target;
        this.sourceAcknowledger = new Acknowledger(loop, source, move.source().candidates(), this::isWell);
        this.targetAcknowledger = new Acknowledger(loop, target, move.target().candidates(), null);
    }

    /** From now on: counts the source's I/O errors, and has a connection when the first key comes. */
    void begin() {
        lane(0);
        sourceAcknowledger.ask(deadline(), _ -> {});
    }

    /**
     * Rule 4 needs the source as witness: the failed copy of another mover may still arrive at the target, also for a key
     * whose own copy went well. The dashboard brings the count to zero before it makes a login (docs/decisions/0005), so
     * any other count is an error under this one.
     */
    private boolean isWell(long errors) {
        if (sourceRunId.isEmpty()) {
            sourceRunId = source.runId();
        }
        if (errors != 0) {
            broken(move.credentials(), "the source has counted an I/O error of MIGRATE, ours or another's");
        } else if (!sourceRunId.equals(source.runId())) {
            broken(move.credentials(), "the source is another process than the login was made for");
        }
        return !broken;
    }

    RouteMap.Move move() {
        return move;
    }

    Server source() {
        return source;
    }

    Server target() {
        return target;
    }

    Acknowledger sourceAcknowledger() {
        return sourceAcknowledger;
    }

    Acknowledger targetAcknowledger() {
        return targetAcknowledger;
    }

    long timeoutMillis() {
        return timeoutMillis;
    }

    boolean isBroken() {
        return broken;
    }

    /** Whether copies may still begin. */
    boolean isGoing() {
        return !broken && !retired;
    }

    /** How long an acknowledgement may take before the way is begun again. */
    long deadline() {
        return loop.now() + 2_000_000_000L;
    }

    void run(Moving moving) {
        Line line = order.computeIfAbsent(moving.slot(), _ -> new Line());
        if (line.isEmpty() && allMoved(moving)) {
            moving.atTarget();
            return;
        }
        Lane lane = lane(moving.channel());
        if (moving.readOnly() && moving.keys().length == 1 && !line.holdsUp(moving)) {
            readAtSource(moving, lane);
            return;
        }
        Task task = new Task(moving);
        line.add(task);
        for (byte[] bytes : moving.keys()) {
            Key key = Key.of(moving.channel(), bytes);
            if (!moved.contains(key)) {
                KeyMove keyMove = moves.get(key);
                if (keyMove == null) {
                    keyMove = new KeyMove(key, moving.slot().number(), loop.now());
                    moves.put(key, keyMove);
                    lane.add(keyMove);
                }
                keyMove.tasks.add(task);
                task.open++;
            }
        }
        lane.pump();
        leave(line);
    }

    private Lane lane(int channel) {
        return lanes.computeIfAbsent(channel, number -> new Lane(this, number));
    }

    private boolean allMoved(Moving moving) {
        for (byte[] key : moving.keys()) {
            if (!moved.contains(Key.of(moving.channel(), key))) {
                return false;
            }
        }
        return true;
    }

    /** The source's word counts when the key is still there afterwards: it can only go, never come back. */
    private void readAtSource(Moving moving, Lane lane) {
        if (!lane.source().takes()) {
            moving.again();
            return;
        }
        BitSet slots = new BitSet();
        slots.set(moving.slot().number());
        Answer[] read = new Answer[1];
        lane.ask(lane.source(), moving.command(), new Ask(slots, false, answer -> read[0] = answer));
        byte[] exists = new Words().add("EXISTS").add(moving.keys()[0]).bytes();
        lane.ask(lane.source(), exists, new Ask(slots, false, there -> readEnded(moving, read[0], there)));
    }

    private void readEnded(Moving moving, Answer read, Answer there) {
        if (!(there instanceof Answer.Said said)) {
            moving.again();
        } else if (said.number() == 0) {
            moving.atTarget();
        } else if (read instanceof Answer.Said(byte[] reply)) {
            moving.answered(reply);
        } else if (read instanceof Answer.Refused(String error)) {
            moving.failed(error);
        } else {
            moving.again();
        }
    }

    void settled(List<KeyMove> keys) {
        if (moved.size() > REMEMBERED) {
            moved.clear();
        }
        for (KeyMove key : keys) {
            if (!retired) {
                moved.add(key.key);
            }
        }
        finish(keys);
    }

    private void finish(List<KeyMove> keys) {
        for (KeyMove key : keys) {
            forget(key);
            for (Task task : key.tasks) {
                task.open--;
            }
        }
        for (Line line : List.copyOf(order.values())) {
            leave(line);
        }
        pump();
    }

    private void leave(Line line) {
        if (big.isEmpty()) {
            line.leave(this::goOn);
        } else {
            line.leavePassing(this::goOn);
        }
    }

    private void goOn(Task task) {
        if (task.over) {
            return;
        }
        task.over = true;
        if (!retired && allMoved(task.moving)) {
            task.moving.atTarget();
        } else {
            task.moving.again();
        }
    }

    /** From the beginning, after a pause. Keys that nobody waits for are forgotten: they are where they are. */
    void restart(List<KeyMove> keys, long pause) {
        List<KeyMove> unwanted = new ArrayList<>();
        for (KeyMove key : keys) {
            key.started = false;
            if (retired || !key.isWanted()) {
                unwanted.add(key);
            } else {
                lane(key.key.channel()).add(key);
            }
        }
        if (!unwanted.isEmpty()) {
            finish(unwanted);
        }
        loop.after(pause, this::pump);
    }

    void forget(KeyMove key) {
        moves.remove(key.key);
        big.remove(key);
    }

    /** Safety rule 7: these wait until the dashboard's mover has taken them, or their requests' time is over. */
    void tooBig(List<KeyMove> keys) {
        for (KeyMove key : keys) {
            key.restsUntil = loop.now() + BIG_AGAIN;
            big.add(key);
        }
        if (!keys.isEmpty()) {
            restart(keys, BIG_AGAIN);
            List.copyOf(order.values()).forEach(this::leave);
        }
    }

    /** The keys that the dashboard's mover is asked to take first. */
    List<KeyMove> wanted() {
        return big.stream().filter(KeyMove::isWanted).toList();
    }

    long now() {
        return loop.now();
    }

    void fail(List<KeyMove> keys, String error) {
        for (KeyMove key : keys) {
            for (Task task : key.tasks) {
                if (!task.over) {
                    task.over = true;
                    task.moving.failed(error);
                }
            }
        }
        finish(keys);
    }

    void pump() {
        if (!retired) {
            lanes.values().forEach(Lane::pump);
        }
    }

    void broken(Credentials login, String why) {
        if (!broken && login.equals(move.credentials())) {
            broken = true;
            LOG.warn(
                    "event=move-broken source={} target={} user={} why=\"{}\"",
                    move.source().id(),
                    move.target().id(),
                    login.user(),
                    why);
        }
    }

    /** In time's name. Returns whether anything still waits. */
    boolean expire() {
        for (Line line : List.copyOf(order.values())) {
            for (Task task : line.tasks()) {
                if (!task.over && task.moving.deadline() - loop.now() <= 0) {
                    task.over = true;
                    task.moving.failed("ERR handle request, moving the key from group "
                            + move.source().id()
                            + " to group " + move.target().id() + " took too long"
                            + (broken ? ": an earlier move was broken off" : "")
                            + (waitsForBig(task) ? ": it is too big to be moved in a request" : ""));
                }
            }
            leave(line);
        }
        order.values().removeIf(Line::isEmpty);
        pump();
        return !order.isEmpty();
    }

    private boolean waitsForBig(Task task) {
        return big.stream().anyMatch(key -> key.tasks.contains(task));
    }

    /** New routes: keys of slots that do not move this way any more are not begun; memory of moved keys ends. */
    void rerouted() {
        moved.clear();
        List<KeyMove> stopped = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            lane.waiting().removeIf(key -> !movesHere(key.slot) && stopped.add(key));
        }
        finish(stopped);
    }

    private boolean movesHere(int slotNumber) {
        for (Slot slot : order.keySet()) {
            if (slot.number() == slotNumber) {
                return (slot.mode() & (Slot.LOCKED | Slot.OFFLINE)) == 0 && move.equals(slot.move());
            }
        }
        return false;
    }

    /** This way is closed, or its servers or login are others now. What is under way runs to its end. */
    void retire() {
        retired = true;
        List<KeyMove> stopped = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            stopped.addAll(lane.waiting());
            lane.waiting().clear();
        }
        finish(stopped);
    }

    /** Nothing is under way any more: give the connections back. */
    boolean isOver() {
        return retired
                && moves.isEmpty()
                && lanes.values().stream().allMatch(lane -> lane.source().inFlight() == 0);
    }

    void close() {
        lanes.values().forEach(Lane::retire);
        sourceAcknowledger.retire();
        targetAcknowledger.retire();
    }

    boolean busyOn(BitSet locked) {
        for (KeyMove key : moves.values()) {
            if (key.started && locked.get(key.slot)) {
                return true;
            }
        }
        return false;
    }
}
