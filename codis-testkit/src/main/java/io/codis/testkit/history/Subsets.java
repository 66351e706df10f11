package io.codis.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a handful of writes, each of which may or may not have happened, in whatever order, make of a state. */
final class Subsets {

    /** More writes than this are never in flight on one key; 4 give 65 orders. */
    static final int MOST = 4;

    private Subsets() {}

    static void reachable(State from, List<Op> ops, Set<State> into) {
        if (ops.size() > MOST) {
            throw new IllegalArgumentException(ops.size() + " writes of unknown outcome on one key");
        }
        into.add(from);
        for (int i = 0; i < ops.size(); i++) {
            List<Op> rest = new ArrayList<>(ops);
            Op op = rest.remove(i);
            // the writer leaves a key alone around its expiry, so that no write depends on the time of its arrival
            reachable(op.after(from, 0), rest, into);
        }
    }
}
