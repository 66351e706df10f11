package io.codis.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/** What all clients of one run write down: keys, counts, gaps, violations. All of it is bounded. */
final class Ledger {

    private static final int MOST_SETTLED = 5_000;
    private static final int MOST_UNCERTAIN = 50_000;
    private static final int MOST_VIOLATIONS = 1_000;
    private static final int MOST_GAPS = 20_000;
    private static final long SHORTEST_GAP = 100;
    /** What a proxy of Codis says to whoever connects before it has been started, ending the connection. */
    private static final String NOT_ONLINE = "ERR router is not online";

    final LongAdder acknowledged = new LongAdder();
    final LongAdder reads = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder closes = new LongAdder();
    final LongAdder turnedAway = new LongAdder();
    final LongAdder unverified = new LongAdder();

    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final List<AtomicReferenceArray<KeyHistory>> live = new ArrayList<>();
    private final List<KeyHistory> settled = new ArrayList<>();
    private final List<KeyHistory> uncertain = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private long moreViolations;

    synchronized void adopt(AtomicReferenceArray<KeyHistory> keys) {
        live.add(keys);
    }

    /** The writer is done with this key; it is looked at again at the end. */
    synchronized void retire(KeyHistory key) {
        boolean certain = !key.isClosed();
        List<KeyHistory> list = certain ? settled : uncertain;
        if (list.size() < (certain ? MOST_SETTLED : MOST_UNCERTAIN)) {
            key.settle();
            list.add(key);
        } else {
            unverified.increment();
        }
    }

    synchronized boolean mayRetire() {
        return settled.size() < MOST_SETTLED;
    }

    /** Any key, more often one that is being written. */
    synchronized KeyHistory any(Random random) {
        if (random.nextInt(4) == 0 && !settled.isEmpty()) {
            return settled.get(random.nextInt(settled.size()));
        }
        AtomicReferenceArray<KeyHistory> keys = live.get(random.nextInt(live.size()));
        return keys.get(random.nextInt(keys.length()));
    }

    synchronized List<KeyHistory> all() {
        List<KeyHistory> all = new ArrayList<>(settled);
        all.addAll(uncertain);
        for (AtomicReferenceArray<KeyHistory> keys : live) {
            for (int i = 0; i < keys.length(); i++) {
                all.add(keys.get(i));
            }
        }
        return all;
    }

    synchronized void note(Optional<Violation> violation) {
        if (violation.isPresent() && violations.size() < MOST_VIOLATIONS) {
            violations.add(violation.get());
        } else if (violation.isPresent()) {
            moreViolations++;
        }
    }

    synchronized void note(Gap gap) {
        if (gap.millis() >= SHORTEST_GAP && gaps.size() < MOST_GAPS) {
            gaps.add(gap);
        }
    }

    /** An error by its text; digits are left out so that like falls on like. */
    void error(String text) {
        if (text.equals(NOT_ONLINE)) {
            turnedAway.increment();
            return;
        }
        String kind = text.replaceAll("[0-9]+", "N");
        errors.computeIfAbsent(kind.substring(0, Math.min(100, kind.length())), k -> new LongAdder())
                .increment();
    }

    synchronized HistoryReport report() {
        Map<String, Long> kinds = new TreeMap<>();
        errors.forEach((kind, count) -> kinds.put(kind, count.sum()));
        return new HistoryReport(
                acknowledged.sum(),
                reads.sum(),
                unknown.sum(),
                timeouts.sum(),
                closes.sum(),
                turnedAway.sum(),
                unverified.sum(),
                Map.copyOf(kinds),
                List.copyOf(violations),
                moreViolations,
                List.copyOf(gaps));
    }
}
