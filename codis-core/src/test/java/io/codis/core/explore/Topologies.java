package io.codis.core.explore;

import io.codis.core.problem.CodisException;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyCommand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Every topology that was reached, by number, so that a world holds an int and equal ones are one. */
final class Topologies {

    private static final int REFUSED = -1;

    private record Change(int before, TopologyCommand command) {}

    private final List<View> views = new ArrayList<>();
    private final Map<Topology, Integer> numbers = new HashMap<>();
    private final Map<Change, Integer> changes = new HashMap<>();

    /** The number of a topology, a new one when it has not been seen. */
    int number(Topology topology) {
        return numbers.computeIfAbsent(topology, t -> {
            views.add(new View(t));
            return views.size() - 1;
        });
    }

    View view(int number) {
        return views.get(number);
    }

    int count() {
        return views.size();
    }

    /** The topology after a command, nothing when it is refused. */
    OptionalInt apply(int before, TopologyCommand command) {
        int after = changes.computeIfAbsent(new Change(before, command), c -> {
            try {
                return number(view(before).topology.apply(command));
            } catch (CodisException e) {
                return REFUSED;
            }
        });
        return after == REFUSED ? OptionalInt.empty() : OptionalInt.of(after);
    }
}
