package io.codis.core.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The worlds that one step leads to. */
final class Steps {

    record Step(String label, World world, boolean fault) {}

    final List<Step> all = new ArrayList<>();

    /** A step that the cluster takes by itself. */
    void add(String label, World next) {
        all.add(new Step(label, next, false));
    }

    /** Something that goes wrong, or that somebody asks for. */
    void fault(String label, World world, Budget what, Consumer<World> change) {
        if (world.left(what)) {
            World next = world.copy();
            next.spend(what);
            change.accept(next);
            all.add(new Step(label, next, true));
        }
    }

    void step(String label, World world, Consumer<World> change) {
        World next = world.copy();
        change.accept(next);
        add(label, next);
    }
}
