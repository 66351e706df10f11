package io.codis.testkit.history;

import io.codis.testkit.resp.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One write of a single key: what is sent, what it does to a state, and what must be answered. */
sealed interface Op {

    record Set(String value) implements Op {}

    record Incr() implements Op {}

    /** RPUSH. */
    record Push(String token) implements Op {}

    /** HSET. */
    record Put(String field, String value) implements Op {}

    /** ZADD. */
    record Score(String member, long score) implements Op {}

    record Delete() implements Op {}

    /** PEXPIREAT, milliseconds since 1970. */
    record ExpireAt(long millis) implements Op {}

    default List<String> words(String key) {
        return switch (this) {
            case Set(String value) -> List.of("SET", key, value);
            case Incr() -> List.of("INCR", key);
            case Push(String token) -> List.of("RPUSH", key, token);
            case Put(String field, String value) -> List.of("HSET", key, field, value);
            case Score(String member, long score) -> List.of("ZADD", key, Long.toString(score), member);
            case Delete() -> List.of("DEL", key);
            case ExpireAt(long millis) -> List.of("PEXPIREAT", key, Long.toString(millis));
        };
    }

    /** The state after this write; {@code now} decides whether {@code before} has expired. */
    default State after(State before, long now) {
        State current = before.at(now);
        return switch (this) {
            case Set(String value) -> new State(new Value.Text(value), 0);
            case Incr() -> new State(new Value.Text(Long.toString(count(current) + 1)), current.expiresAt());
            case Push(String token) -> new State(pushed(current.value(), token), current.expiresAt());
            case Put(String field, String value) -> put(current, field, value);
            case Score(String member, long score) -> put(current, member, Long.toString(score));
            case Delete() -> State.NOTHING;
            case ExpireAt(long millis) -> current.isAbsent() ? current : new State(current.value(), millis);
        };
    }

    /** What the server must answer when the key is in state {@code before}. */
    default Reply answer(State before, long now) {
        State current = before.at(now);
        State after = after(before, now);
        return switch (this) {
            case Set(String value) -> new Reply.Status("OK");
            case Incr() -> new Reply.Num(count(after));
            case Push(String token) -> new Reply.Num(size(after));
            case Put(String field, String value) -> new Reply.Num(size(after) - size(current));
            case Score(String member, long score) -> new Reply.Num(size(after) - size(current));
            case Delete() -> new Reply.Num(current.isAbsent() ? 0 : 1);
            case ExpireAt(long millis) -> new Reply.Num(current.isAbsent() ? 0 : 1);
        };
    }

    private static long count(State state) {
        return state.value() instanceof Value.Text(String text) ? Long.parseLong(text) : 0;
    }

    private static int size(State state) {
        return switch (state.value()) {
            case Value.Absent() -> 0;
            case Value.Text(String text) -> 1;
            case Value.Items(List<String> items) -> items.size();
            case Value.Fields(Map<String, String> fields) -> fields.size();
        };
    }

    private static Value pushed(Value before, String token) {
        List<String> items = new ArrayList<>(before instanceof Value.Items(List<String> old) ? old : List.of());
        items.add(token);
        return Value.items(items);
    }

    private static State put(State before, String field, String value) {
        Map<String, String> fields =
                new LinkedHashMap<>(before.value() instanceof Value.Fields(Map<String, String> old) ? old : Map.of());
        fields.put(field, value);
        return new State(Value.fields(fields), before.expiresAt());
    }
}
