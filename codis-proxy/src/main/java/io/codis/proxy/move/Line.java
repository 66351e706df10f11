package io.codis.proxy.move;

import io.codis.proxy.move.KeyMove.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The requests of one slot that wait for keys; they leave in the order in which they came. */
final class Line {

    private static final int LOOKED = 64;

    private final ArrayDeque<Task> tasks = new ArrayDeque<>();

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    void add(Task task) {
        tasks.add(task);
    }

    List<Task> tasks() {
        return List.copyOf(tasks);
    }

    /** Whether something of the same origin waits in front of it; a long line is not searched to its end. */
    boolean holdsUp(Moving moving) {
        int looked = 0;
        for (Task task : tasks) {
            if (task.moving.origin() == moving.origin() || ++looked == LOOKED) {
                return true;
            }
        }
        return false;
    }

    /** Everyone at the front whose keys are not on the way any more leaves. */
    void leave(Consumer<Task> goOn) {
        for (Task head = tasks.peek(); head != null && (head.over || head.open == 0); head = tasks.peek()) {
            tasks.poll();
            goOn.accept(head);
        }
    }

    /** Someone may wait long: it stops only the requests of its own origin behind it. */
    void leavePassing(Consumer<Task> goOn) {
        Set<Object> waiting = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Task> free = new ArrayList<>();
        tasks.removeIf(task -> {
            boolean waits = !task.over && (task.open > 0 || waiting.contains(task.moving.origin()));
            if (waits) {
                waiting.add(task.moving.origin());
            } else {
                free.add(task);
            }
            return !waits;
        });
        free.forEach(goOn);
    }
}
