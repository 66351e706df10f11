package io.codis.proxy.move;

import io.codis.core.wire.Credentials;
import io.codis.proxy.acknowledge.Ask;
import io.codis.proxy.acknowledge.Ask.Answer;
import io.codis.proxy.acknowledge.Words;
import io.codis.proxy.backend.Backend;
import io.codis.proxy.backend.Channel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The way of up to 64 keys of one database: copied, confirmed, acknowledged, removed, acknowledged. A reply of MIGRATE
 * says nothing about a single key; only the target does.
 */
final class Batch {

    private static final long AGAIN = 20_000_000L;
    /** Memory of the keys of one MIGRATE: what it takes, the source does nothing else. */
    private static final long MOST_BYTES = 1 << 20;

    /** Safety rule 7: no larger key is moved for a request; a hash holds up its source for up to 30 ms a MiB. */
    private static final long BIG = 4 << 20;

    private final Mover mover;
    private final Lane lane;
    private List<KeyMove> keys;
    private final Credentials login;
    private final BitSet slots = new BitSet();
    private final List<KeyMove> there = new ArrayList<>();
    private final List<KeyMove> absent = new ArrayList<>();
    private int open;
    private boolean failed;
    private boolean nothing;
    private String objection = "";

    Batch(Mover mover, Lane lane, List<KeyMove> keys) {
        this.mover = mover;
        this.lane = lane;
        this.keys = keys;
        this.login = mover.move().credentials();
        keys.forEach(key -> slots.set(key.slot));
    }

    /**
     * How much memory each key takes comes first; an engine that cannot say moves them as they come. One that is not there
     * has moved already or never was: it cannot come back, and what remains is to wait for its removal's acknowledgement.
     */
    void start() {
        open = keys.size();
        for (KeyMove key : keys) {
            byte[] usage = new Words().add("MEMORY", "USAGE").add(key.bytes()).bytes();
            lane.ask(lane.source(), usage, new Ask(slots, false, answer -> measured(key, answer)));
        }
    }

    private void measured(KeyMove key, Answer answer) {
        key.memory = answer instanceof Answer.Said said && said.text().startsWith(":") ? said.number() : 0;
        if (answer instanceof Answer.Said said && said.isNil()) {
            absent.add(key);
        }
        failed |= answer instanceof Answer.Lost;
        if (--open == 0) {
            if (failed || !mover.isGoing() || !lane.source().takes()) {
                lane.migrated();
                mover.restart(keys, AGAIN);
            } else {
                passAbsent();
                select();
            }
        }
    }

    private void passAbsent() {
        if (!absent.isEmpty()) {
            List<KeyMove> gone = List.copyOf(absent);
            absent.clear();
            keys = keys.stream().filter(key -> !gone.contains(key)).toList();
            acknowledgeRemoval(gone);
        }
    }

    /** As many as one MIGRATE may carry; those too big for any wait for the dashboard's mover. */
    private void select() {
        List<KeyMove> big = new ArrayList<>();
        List<KeyMove> now = new ArrayList<>();
        List<KeyMove> later = new ArrayList<>();
        long sum = 0;
        for (KeyMove key : keys) {
            if (key.memory > BIG) {
                big.add(key);
            } else if (now.isEmpty() || sum + key.memory <= MOST_BYTES) {
                now.add(key);
                sum += key.memory;
            } else {
                later.add(key);
            }
        }
        keys = now;
        if (now.isEmpty()) {
            lane.migrated();
        } else {
            lane.ask(lane.source(), copy(), new Ask(slots, true, this::copied));
        }
        mover.tooBig(big);
        if (!later.isEmpty()) {
            mover.restart(later, 0);
        }
    }

    private byte[] copy() {
        String target = mover.move().target().master();
        int colon = target.lastIndexOf(':');
        return new Words()
                .add("MIGRATE", target.substring(0, colon), target.substring(colon + 1), "")
                .add(Integer.toString(Channel.database(lane.channel())), Long.toString(mover.timeoutMillis()))
                .add("COPY", "AUTH2", login.user(), login.password(), "KEYS")
                .addAll(bytes(keys))
                .bytes();
    }

    private static List<byte[]> bytes(List<KeyMove> keys) {
        return keys.stream().map(KeyMove::bytes).toList();
    }

    private void copied(Answer answer) {
        lane.migrated();
        switch (answer) {
            case Answer.Said said -> {
                nothing = said.text().equals("+NOKEY");
                confirm();
            }
            case Answer.Refused(String error) -> refused(error);
            case Answer.Lost(boolean sent, String why) -> {
                if (sent) {
                    mover.broken(login, "connection to the source lost during MIGRATE: " + why);
                }
                mover.restart(keys, AGAIN);
            }
        }
    }

    /** Safety rule 4: after an I/O error, or a login that fails, a RESTORE may still arrive under this login. */
    private void refused(String error) {
        boolean fromTarget = error.contains("Target instance replied with error");
        if (error.startsWith("IOERR")
                || (fromTarget
                        && (error.contains("WRONGPASS") || error.contains("NOAUTH") || error.contains("NOPERM")))) {
            mover.broken(login, error);
            mover.restart(keys, AGAIN);
        } else if (fromTarget) {
            objection = error.contains("BUSYKEY") ? "" : error;
            confirm();
        } else if (error.startsWith("READONLY") || error.startsWith("LOADING") || error.startsWith("MASTERDOWN")) {
            mover.restart(keys, AGAIN);
        } else {
            mover.fail(keys, "ERR handle request, moving the key: " + error);
        }
    }

    private void confirm() {
        Backend target = mover.target().channel(lane.channel());
        if (!target.takes()) {
            mover.restart(keys, AGAIN);
            return;
        }
        open = keys.size();
        for (KeyMove key : keys) {
            byte[] exists = new Words().add("EXISTS").add(key.bytes()).bytes();
            lane.ask(target, exists, new Ask(slots, false, answer -> confirmed(key, answer)));
        }
    }

    private void confirmed(KeyMove key, Answer answer) {
        if (answer instanceof Answer.Said said) {
            (said.number() == 1 ? there : absent).add(key);
        } else {
            failed = true;
        }
        if (--open == 0) {
            if (failed) {
                mover.restart(keys, AGAIN);
            } else if (absent.isEmpty() || nothing) {
                acknowledge();
            } else {
                lookAtSource();
            }
        }
    }

    /** A key that is not at the target must not be at the source either, else it was not copied. */
    private void lookAtSource() {
        if (!lane.source().takes()) {
            mover.restart(keys, AGAIN);
            return;
        }
        open = absent.size();
        for (KeyMove key : List.copyOf(absent)) {
            byte[] exists = new Words().add("EXISTS").add(key.bytes()).bytes();
            lane.ask(lane.source(), exists, new Ask(slots, false, answer -> looked(key, answer)));
        }
    }

    private void looked(KeyMove key, Answer answer) {
        if (!(answer instanceof Answer.Said said)) {
            failed = true;
        } else if (said.number() != 0) {
            absent.remove(key);
            notCopied(key);
        }
        if (--open == 0) {
            if (failed) {
                mover.restart(remaining(), AGAIN);
            } else {
                acknowledge();
            }
        }
    }

    private void notCopied(KeyMove key) {
        if (objection.isEmpty()) {
            mover.restart(List.of(key), AGAIN);
        } else {
            mover.fail(List.of(key), "ERR handle request, moving the key: " + objection);
        }
    }

    private List<KeyMove> remaining() {
        List<KeyMove> all = new ArrayList<>(there);
        all.addAll(absent);
        return all;
    }

    private void acknowledge() {
        if (there.isEmpty()) {
            settle();
            return;
        }
        mover.targetAcknowledger().ask(mover.deadline(), acknowledged -> {
            if (acknowledged) {
                remove();
            } else {
                mover.restart(remaining(), AGAIN);
            }
        });
    }

    private void remove() {
        if (!lane.source().takes()) {
            mover.restart(remaining(), AGAIN);
            return;
        }
        byte[] unlink = new Words().add("UNLINK").addAll(bytes(there)).bytes();
        lane.ask(lane.source(), unlink, new Ask(slots, true, answer -> {
            if (answer instanceof Answer.Said) {
                settle();
            } else {
                mover.restart(remaining(), AGAIN);
            }
        }));
    }

    /** Also for keys that were gone already: whoever removed them may not have waited yet (safety rule 2). */
    private void settle() {
        List<KeyMove> all = remaining();
        if (!all.isEmpty()) {
            acknowledgeRemoval(all);
        }
    }

    private void acknowledgeRemoval(List<KeyMove> all) {
        mover.sourceAcknowledger().ask(mover.deadline(), acknowledged -> {
            if (acknowledged) {
                mover.settled(all);
            } else {
                mover.restart(all, AGAIN);
            }
        });
    }
}
