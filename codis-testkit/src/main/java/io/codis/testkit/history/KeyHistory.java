package io.codis.testkit.history;

import io.codis.core.slot.SlotHash;
import io.codis.testkit.history.Violation.Where;
import io.codis.testkit.history.Violation.Window;
import io.codis.testkit.resp.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that one key may legally show, from what its only writer sent and was answered.
 *
 * <p>While every write is answered there is one state per write, in the order of sending. A read may show any state
 * between the last write that was acknowledged before it was asked and the last one sent before it was answered. From
 * the first write without an answer on, every subset of the remaining writes in every order is possible, and for good:
 * a request may wait somewhere and be executed after the writer has turned away.
 *
 * <p>No clock and no I/O: times are passed in, in milliseconds since 1970.
 */
final class KeyHistory {

    /** So many writes are kept to explain what a violation lost. */
    private static final int KEPT = 32;

    private static final int KEPT_SETTLED = 8;

    /** A reader older than so many writes is not checked. */
    private static final int MOST = 1024;

    /** A write, in the order of sending. {@code ackedAt} is 0 while it is not acknowledged. */
    static final class Step {
        final long version;
        final Op op;
        final State after;
        private long ackedAt;
        private boolean unknown;

        private Step(long version, Op op, State after) {
            this.version = version;
            this.op = op;
            this.after = after;
        }

        Op op() {
            return op;
        }

        long ackedAt() {
            return ackedAt;
        }
    }

    /** A read that has been asked. */
    record Asked(long floor, long at) {}

    private final String key;
    private final KeyKind kind;
    private final int slot;
    private final List<Step> steps = new ArrayList<>();
    private State base = State.NOTHING;
    private long issued;
    private long acked;
    private int reading;
    private boolean uncertain;
    private boolean broken;

    KeyHistory(String key, KeyKind kind) {
        this.key = key;
        this.kind = kind;
        this.slot = SlotHash.slotOf(key.getBytes(StandardCharsets.ISO_8859_1));
    }

    String key() {
        return key;
    }

    KeyKind kind() {
        return kind;
    }

    int slot() {
        return slot;
    }

    /** The state after all that was sent; what the next write builds on. */
    synchronized State latest() {
        return steps.isEmpty() ? base : steps.getLast().after;
    }

    /** The number of the next write, unique in this history. */
    synchronized long nextVersion() {
        return issued + 1;
    }

    /** Nothing more may be written: an outcome is unknown, or the key has been reported. */
    synchronized boolean isClosed() {
        return uncertain || broken;
    }

    synchronized Step sent(Op op, long now) {
        Step step = new Step(++issued, op, op.after(latest(), now));
        steps.add(step);
        return step;
    }

    /** An answer that is no error. */
    synchronized Optional<Violation> answered(Step step, Reply reply, long now) {
        step.ackedAt = now;
        if (isClosed()) {
            return Optional.empty();
        }
        State before = before(step);
        acked = step.version;
        trim();
        if (step.op.answer(before, now).equals(reply) || expiryDecides(before, now)) {
            return Optional.empty();
        }
        broken = true;
        return Optional.of(new Violation(
                Verdicts.ofReply(step.op, before, reply, now),
                Where.REPLY,
                key,
                slot,
                now,
                "version " + step.version + " " + step.op + " answered " + reply + " in state " + before,
                LostWrites.explaining(
                        base,
                        steps.subList(0, steps.indexOf(step)),
                        s -> step.op.answer(s, now).equals(reply))));
    }

    /** No answer, or one that says that nobody knows: it may have happened or may happen at any later time. */
    synchronized void unknown(Step step) {
        step.unknown = true;
        uncertain = true;
    }

    synchronized Asked asked(long now) {
        reading++;
        return new Asked(acked, now);
    }

    /** A read ended without an answer. */
    synchronized void unanswered() {
        reading--;
        trim();
    }

    synchronized Optional<Violation> seen(Asked asked, Value value, long now) {
        reading--;
        boolean forgotten = !steps.isEmpty() && asked.floor < steps.getFirst().version - 1;
        boolean fine = broken
                || forgotten
                || possible(asked.floor).stream().anyMatch(state -> state.shows(value, asked.at, now));
        Optional<Violation> violation = fine ? Optional.empty() : Optional.of(report(Where.READ, value, asked.at, now));
        trim();
        return violation;
    }

    /** Nothing more will be written: the last few writes are all that is worth keeping. */
    synchronized void settle() {
        if (!isClosed() && reading == 0) {
            while (steps.size() > KEPT_SETTLED && steps.getFirst().ackedAt != 0) {
                base = steps.removeFirst().after;
            }
        }
    }

    /** The last look: nothing is in flight any more but what is unknown. {@code pttl} as the server answers PTTL. */
    synchronized Optional<Violation> seenAtEnd(Value value, long pttl, long askedAt, long now) {
        if (broken) {
            return Optional.empty();
        }
        List<State> showing = possible(acked).stream()
                .filter(s -> s.shows(value, askedAt, now))
                .toList();
        if (showing.isEmpty()) {
            return Optional.of(report(Where.END, value, askedAt, now));
        }
        if (showing.stream().noneMatch(s -> s.showsTtl(value, pttl, askedAt, now))) {
            broken = true;
            String detail = "PTTL " + pttl + " at " + now + " in " + showing;
            Window window = LostWrites.explaining(
                    base, steps, s -> s.shows(value, askedAt, now) && s.showsTtl(value, pttl, askedAt, now));
            return Optional.of(new Violation(Violation.Kind.TTL, Where.END, key, slot, now, detail, window));
        }
        return Optional.empty();
    }

    private Violation report(Where where, Value value, long askedAt, long now) {
        broken = true;
        State expected = lastCertain();
        String detail = "acknowledged up to version " + acked + ", sent up to " + issued + ", expected " + expected
                + (uncertain ? " or what unanswered writes make of it" : "") + ", seen " + value;
        return new Violation(
                Verdicts.ofValue(expected.at(askedAt), value, where, kind, issued),
                where,
                key,
                slot,
                now,
                detail,
                LostWrites.explaining(base, steps, s -> s.shows(value, askedAt, now)));
    }

    /** Every state that may be seen by a reader that must see at least version {@code floor}. */
    private Set<State> possible(long floor) {
        Set<State> states = new LinkedHashSet<>();
        State state = base;
        if (steps.isEmpty() || floor < steps.getFirst().version) {
            states.add(state);
        }
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (step.unknown) {
                List<Op> rest =
                        steps.subList(i, steps.size()).stream().map(Step::op).toList();
                Subsets.reachable(state, rest, states);
                return states;
            }
            state = step.after;
            if (step.version >= floor) {
                states.add(state);
            }
        }
        return states;
    }

    private State lastCertain() {
        State state = base;
        for (Step step : steps) {
            if (step.unknown || step.ackedAt == 0) {
                return state;
            }
            state = step.after;
        }
        return state;
    }

    private State before(Step step) {
        int index = steps.indexOf(step);
        return index == 0 ? base : steps.get(index - 1).after;
    }

    /** Around the moment of expiry either answer is right. */
    private static boolean expiryDecides(State before, long now) {
        return before.expiresAt() != 0 && Math.abs(now - before.expiresAt()) <= State.SLACK;
    }

    private void trim() {
        if (uncertain || broken) {
            return;
        }
        int most = reading == 0 ? KEPT : MOST;
        while (steps.size() > most && steps.getFirst().ackedAt != 0) {
            base = steps.removeFirst().after;
        }
    }
}
