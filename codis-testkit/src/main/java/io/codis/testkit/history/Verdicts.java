package io.codis.testkit.history;

import io.codis.testkit.history.Violation.Kind;
import io.codis.testkit.history.Violation.Where;
import io.codis.testkit.resp.Reply;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which word fits a value or an answer that should not have been. */
final class Verdicts {

    private Verdicts() {}

    /** {@code expected} is the state after the last acknowledged write. */
    static Kind ofValue(State expected, Value seen, Where where, KeyKind kind, long issued) {
        Kind missing = where == Where.READ ? Kind.STALE : Kind.LOST;
        return switch (seen) {
            case Value.Absent() -> Kind.LOST;
            case Value.Text(String text) -> ofText(expected.value(), text, missing, kind, issued);
            case Value.Items(List<String> items) -> ofItems(expected.value(), items, missing, issued);
            case Value.Fields(Map<String, String> fields) -> ofFields(expected.value(), fields, missing, issued);
        };
    }

    /** {@code before} is the state in which the write should have found the key. */
    static Kind ofReply(Op op, State before, Reply reply, long now) {
        if (!(reply instanceof Reply.Num(long got) && op.answer(before, now) instanceof Reply.Num(long wanted))) {
            return Kind.FOREIGN;
        }
        boolean expired = before.expiresAt() != 0 && before.at(now).isAbsent();
        return switch (op) {
            case Op.Set set -> Kind.FOREIGN;
            case Op.Incr incr -> more(got > wanted, before);
            case Op.Push push -> more(got > wanted, before);
            case Op.Put put -> got > wanted ? Kind.LOST : Kind.REVIVED;
            case Op.Score score -> got > wanted ? Kind.LOST : Kind.REVIVED;
            case Op.Delete delete -> got < wanted ? Kind.LOST : expired ? Kind.TTL : Kind.REVIVED;
            case Op.ExpireAt expire -> got < wanted ? Kind.LOST : Kind.REVIVED;
        };
    }

    private static Kind more(boolean more, State before) {
        return !more ? Kind.LOST : before.isAbsent() ? Kind.REVIVED : Kind.DUPLICATED;
    }

    private static Kind ofText(Value expected, String seen, Kind missing, KeyKind kind, long issued) {
        long number = number(seen);
        if (number < 0 || number > issued) {
            return kind == KeyKind.COUNTER && number > issued ? Kind.DUPLICATED : Kind.FOREIGN;
        }
        if (expected instanceof Value.Absent) {
            return Kind.REVIVED;
        }
        boolean less = expected instanceof Value.Text(String text) && number < number(text);
        return less ? missing : kind == KeyKind.COUNTER ? Kind.DUPLICATED : Kind.REVIVED;
    }

    private static Kind ofItems(Value expected, List<String> seen, Kind missing, long issued) {
        Set<String> distinct = new HashSet<>(seen);
        if (seen.stream().anyMatch(item -> number(item) < 0 || number(item) > issued)) {
            return Kind.FOREIGN;
        }
        if (distinct.size() < seen.size()) {
            return Kind.DUPLICATED;
        }
        List<String> wanted = expected instanceof Value.Items(List<String> items) ? items : List.of();
        if (!distinct.containsAll(wanted)) {
            return missing;
        }
        return wanted.size() == seen.size() ? Kind.REORDERED : Kind.REVIVED;
    }

    private static Kind ofFields(Value expected, Map<String, String> seen, Kind missing, long issued) {
        if (seen.values().stream().anyMatch(value -> number(value) < 0 || number(value) > issued)) {
            return Kind.FOREIGN;
        }
        Map<String, String> wanted = expected instanceof Value.Fields(Map<String, String> fields) ? fields : Map.of();
        boolean less = wanted.entrySet().stream()
                .anyMatch(entry -> number(seen.getOrDefault(entry.getKey(), "0")) < number(entry.getValue()));
        return less ? missing : Kind.REVIVED;
    }

    /** The number that each written value starts with, -1 when it does not. */
    private static long number(String value) {
        int end = value.indexOf('|');
        try {
            return Long.parseLong(end < 0 ? value : value.substring(0, end));
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
