package io.codis.proxy.session;

import io.codis.core.command.Command;
import io.codis.core.command.Route;
import java.util.Set;

/** A command as one loop sees it: what the shortest way needs, unfolded, and its counters. */
final class Verb {

    private static final Set<String> KEY_SCANS = Set.of("hscan", "sscan", "zscan");

    final Command command;
    /** Its cursors are ours: see {@link KeyScan}. */
    final boolean keyScan;

    final boolean plain;
    final boolean readOnly;
    final boolean script;
    final int least;
    final int most;

    long calls;
    long nanos;
    long fails;
    long errors;

    Verb(Command command) {
        this.command = command;
        this.keyScan = KEY_SCANS.contains(command.name());
        this.plain = command.plain() && !keyScan;
        this.readOnly = command.readOnly();
        this.script = command.script();
        this.least = Math.abs(command.arity());
        this.most = command.arity() >= 0 ? command.arity() : Integer.MAX_VALUE;
    }

    /** Sent again after a lost reply without harm: it changes nothing, or the same again. */
    boolean repeatable() {
        return readOnly || command.route() == Route.FANOUT;
    }

    String name() {
        return command.name();
    }

    void reset() {
        calls = 0;
        nanos = 0;
        fails = 0;
        errors = 0;
    }
}
