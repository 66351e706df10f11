package io.codis.testkit.history;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the clients saw.
 *
 * @param acknowledged writes
 * @param reads answered
 * @param unknown writes without an answer, or with one that says so
 * @param timeouts requests, or logins, that were not answered in time
 * @param closes connections that ended between replies
 * @param turnedAway connections that a proxy ended at once with "router is not online": refused, nothing was executed
 * @param unverified keys or reads that were too many or too old to be checked
 * @param errors error replies by their text, and broken protocol; every one is a failure
 * @param violations the first thousand
 * @param moreViolations those after them
 * @param gaps of 100 ms and more
 */
public record HistoryReport(
        long acknowledged,
        long reads,
        long unknown,
        long timeouts,
        long closes,
        long turnedAway,
        long unverified,
        Map<String, Long> errors,
        List<Violation> violations,
        long moreViolations,
        List<Gap> gaps) {

    /** Fails with all that is wrong unless every request was answered rightly. Unknown outcomes are not wrong. */
    public HistoryReport requireClean() {
        return requireClean(violation -> false);
    }

    /** The same, with violations that are allowed, such as writes that a killed master had not replicated. */
    public HistoryReport requireClean(Predicate<Violation> allowed) {
        List<Violation> wrong =
                violations.stream().filter(allowed.negate()).limit(20).toList();
        if (!wrong.isEmpty() || moreViolations > 0 || !errors.isEmpty() || acknowledged == 0) {
            throw new AssertionError(
                    this + "\n" + wrong.stream().map(Violation::toString).collect(Collectors.joining("\n")));
        }
        return this;
    }

    /** The longest gap that has to do with the time from {@code start} to {@code end}, if any was over 100 ms. */
    public Optional<Gap> longestGap(long start, long end, Predicate<Gap> which) {
        return gaps.stream()
                .filter(gap -> gap.overlaps(start, end))
                .filter(which)
                .max(Comparator.comparingLong(Gap::millis));
    }

    /** The longest gap of each group, milliseconds; groups without one over 100 ms are not in it. */
    public Map<Integer, Long> longestGaps() {
        return gaps.stream().collect(Collectors.toMap(Gap::group, Gap::millis, Math::max, TreeMap::new));
    }

    /** How many violations of each kind. */
    public Map<Violation.Kind, Long> kinds() {
        return violations.stream().collect(Collectors.groupingBy(Violation::kind, TreeMap::new, Collectors.counting()));
    }

    @Override
    public String toString() {
        return "acknowledged=" + acknowledged + " reads=" + reads + " unknown=" + unknown + " timeouts=" + timeouts
                + " closes=" + closes + " turnedAway=" + turnedAway + " unverified=" + unverified + " errors=" + errors
                + " violations=" + kinds()
                + (moreViolations > 0 ? "+" + moreViolations : "") + " longest gaps ms by group=" + longestGaps();
    }
}
