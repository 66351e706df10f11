package io.codis.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.testkit.history.KeyHistory.Asked;
import io.codis.testkit.history.KeyHistory.Step;
import io.codis.testkit.history.Violation.Kind;
import io.codis.testkit.resp.Reply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Histories made by hand: each fault must be found and named, and nothing legal may be called a fault. */
class KeyHistoryTest {

    private static final Reply OK = new Reply.Status("OK");

    private long now = 1_000_000;

    private Step write(KeyHistory key, Op op, Reply reply) {
        Step step = key.sent(op, now++);
        assertThat(key.answered(step, reply, now++)).isEmpty();
        return step;
    }

    private Optional<Kind> answer(KeyHistory key, Op op, Reply reply) {
        return key.answered(key.sent(op, now++), reply, now++).map(Violation::kind);
    }

    private Optional<Kind> atEnd(KeyHistory key, Value value) {
        return key.seenAtEnd(value, value instanceof Value.Absent ? -2 : -1, now, now + 1)
                .map(Violation::kind);
    }

    private Optional<Kind> read(KeyHistory key, Value value) {
        return key.seen(key.asked(now++), value, now++).map(Violation::kind);
    }

    private static Reply num(long value) {
        return new Reply.Num(value);
    }

    private static Value text(String text) {
        return new Value.Text(text);
    }

    private static KeyHistory key(KeyKind kind) {
        return new KeyHistory("k", kind);
    }

    private KeyHistory twoSets() {
        KeyHistory key = key(KeyKind.TEXT);
        write(key, new Op.Set("1|a"), OK);
        write(key, new Op.Set("2|a"), OK);
        return key;
    }

    @Test
    void theLastAcknowledgedValueIsRight() {
        assertThat(atEnd(twoSets(), text("2|a"))).isEmpty();
    }

    @Test
    void anOlderValueAtTheEndIsALostWrite() {
        assertThat(atEnd(twoSets(), text("1|a"))).contains(Kind.LOST);
    }

    @Test
    void anOlderValueInAReadIsStale() {
        assertThat(read(twoSets(), text("1|a"))).contains(Kind.STALE);
    }

    @Test
    void aReadBesideAWriteMaySeeEither() {
        KeyHistory key = twoSets();
        Asked first = key.asked(now++);
        Asked second = key.asked(now++);
        Step step = key.sent(new Op.Set("3|a"), now++);
        assertThat(key.seen(first, text("2|a"), now++)).isEmpty();
        assertThat(key.answered(step, OK, now++)).isEmpty();
        assertThat(key.seen(second, text("3|a"), now++)).isEmpty();
    }

    @Test
    void aReadAskedAfterTheAcknowledgementMustSeeIt() {
        KeyHistory key = twoSets();
        write(key, new Op.Set("3|a"), OK);
        assertThat(read(key, text("2|a"))).contains(Kind.STALE);
    }

    @Test
    void aMissingKeyIsALostWrite() {
        assertThat(read(twoSets(), Value.ABSENT)).contains(Kind.LOST);
        assertThat(atEnd(twoSets(), Value.ABSENT)).contains(Kind.LOST);
    }

    @Test
    void aDeletedKeyThatIsThereAgainIsRevived() {
        KeyHistory key = twoSets();
        write(key, new Op.Delete(), num(1));
        assertThat(atEnd(key, text("2|a"))).contains(Kind.REVIVED);
    }

    @Test
    void aDeletedKeyThatIsDeletedTwiceWasRevivedInBetween() {
        KeyHistory key = twoSets();
        write(key, new Op.Delete(), num(1));
        assertThat(answer(key, new Op.Delete(), num(1))).contains(Kind.REVIVED);
    }

    @Test
    void deletingNothingWhereThereWasAValueIsALostWrite() {
        assertThat(answer(twoSets(), new Op.Delete(), num(0))).contains(Kind.LOST);
    }

    @Test
    void aValueNobodyWroteIsForeign() {
        assertThat(atEnd(twoSets(), text("17|x"))).contains(Kind.FOREIGN);
        assertThat(atEnd(twoSets(), text("rubbish"))).contains(Kind.FOREIGN);
    }

    @Test
    void anIncrementThatCountedTwiceIsDuplicated() {
        KeyHistory key = key(KeyKind.COUNTER);
        write(key, new Op.Incr(), num(1));
        assertThat(answer(key, new Op.Incr(), num(3))).contains(Kind.DUPLICATED);
    }

    @Test
    void aCounterAboveItsIncrementsIsDuplicated() {
        KeyHistory key = key(KeyKind.COUNTER);
        write(key, new Op.Incr(), num(1));
        write(key, new Op.Incr(), num(2));
        assertThat(atEnd(key, text("3"))).contains(Kind.DUPLICATED);
    }

    @Test
    void aCounterThatFellBackLostAWrite() {
        KeyHistory key = key(KeyKind.COUNTER);
        write(key, new Op.Incr(), num(1));
        write(key, new Op.Incr(), num(2));
        assertThat(answer(key, new Op.Incr(), num(2))).contains(Kind.LOST);
    }

    @Test
    void anItemThatIsThereTwiceIsDuplicated() {
        KeyHistory key = key(KeyKind.LIST);
        write(key, new Op.Push("1"), num(1));
        write(key, new Op.Push("2"), num(2));
        assertThat(atEnd(key, Value.items(List.of("1", "2", "2")))).contains(Kind.DUPLICATED);
    }

    @Test
    void aListThatIsLongerThanItsPushesIsDuplicated() {
        KeyHistory key = key(KeyKind.LIST);
        write(key, new Op.Push("1"), num(1));
        assertThat(answer(key, new Op.Push("2"), num(3))).contains(Kind.DUPLICATED);
    }

    @Test
    void aMissingItemIsALostWrite() {
        KeyHistory key = key(KeyKind.LIST);
        write(key, new Op.Push("1"), num(1));
        write(key, new Op.Push("2"), num(2));
        assertThat(atEnd(key, Value.items(List.of("2")))).contains(Kind.LOST);
    }

    @Test
    void itemsInAnotherOrderAreReordered() {
        KeyHistory key = key(KeyKind.LIST);
        write(key, new Op.Push("1"), num(1));
        write(key, new Op.Push("2"), num(2));
        assertThat(atEnd(key, Value.items(List.of("2", "1")))).contains(Kind.REORDERED);
    }

    @Test
    void anItemOfTheTimeBeforeADeleteIsRevived() {
        KeyHistory key = key(KeyKind.LIST);
        write(key, new Op.Push("1"), num(1));
        write(key, new Op.Delete(), num(1));
        write(key, new Op.Push("3"), num(1));
        assertThat(atEnd(key, Value.items(List.of("1", "3")))).contains(Kind.REVIVED);
    }

    @Test
    void aPushOntoWhatWasDeletedFindsItRevived() {
        KeyHistory key = key(KeyKind.LIST);
        write(key, new Op.Push("1"), num(1));
        write(key, new Op.Delete(), num(1));
        assertThat(answer(key, new Op.Push("3"), num(2))).contains(Kind.REVIVED);
    }

    @Test
    void anOlderFieldIsALostWriteAndANewOneMustBeNew() {
        KeyHistory key = key(KeyKind.HASH);
        write(key, new Op.Put("f", "1|a"), num(1));
        write(key, new Op.Put("f", "2|a"), num(0));
        assertThat(atEnd(key, Value.fields(Map.of("f", "1|a")))).contains(Kind.LOST);

        KeyHistory other = key(KeyKind.HASH);
        assertThat(answer(other, new Op.Put("f", "1|a"), num(0))).contains(Kind.REVIVED);
    }

    @Test
    void anOlderScoreIsALostWrite() {
        KeyHistory key = key(KeyKind.ZSET);
        write(key, new Op.Score("m", 1), num(1));
        write(key, new Op.Score("m", 2), num(0));
        assertThat(atEnd(key, Value.fields(Map.of("m", "1")))).contains(Kind.LOST);
    }

    @Test
    void aWriteWithoutAnAnswerMayHaveHappenedOrNot() {
        for (String seen : List.of("2|a", "3|a")) {
            KeyHistory key = twoSets();
            key.unknown(key.sent(new Op.Set("3|a"), now++));
            assertThat(key.isClosed()).isTrue();
            assertThat(read(key, text(seen))).isEmpty();
            assertThat(atEnd(key, text(seen))).isEmpty();
        }
    }

    @Test
    void aWriteWithoutAnAnswerExcusesNoOlderValue() {
        KeyHistory key = twoSets();
        key.unknown(key.sent(new Op.Set("3|a"), now++));
        assertThat(atEnd(key, text("1|a"))).contains(Kind.LOST);
    }

    @Test
    void anUnansweredIncrementCountsOnceAtMost() {
        KeyHistory key = key(KeyKind.COUNTER);
        write(key, new Op.Incr(), num(1));
        key.unknown(key.sent(new Op.Incr(), now++));
        assertThat(atEnd(key, text("3"))).contains(Kind.DUPLICATED);
    }

    @Test
    void unansweredWritesMayHappenInAnyOrder() {
        KeyHistory key = key(KeyKind.LIST);
        write(key, new Op.Push("1"), num(1));
        Step second = key.sent(new Op.Push("2"), now++);
        Step third = key.sent(new Op.Push("3"), now++);
        key.unknown(second);
        key.unknown(third);
        assertThat(read(key, Value.items(List.of("1", "3")))).isEmpty();
        assertThat(read(key, Value.items(List.of("1", "3", "2")))).isEmpty();
        assertThat(atEnd(key, Value.items(List.of("2", "3")))).contains(Kind.LOST);
    }

    @Test
    void anUnansweredDeleteExcusesAbsence() {
        KeyHistory key = twoSets();
        key.unknown(key.sent(new Op.Delete(), now++));
        assertThat(atEnd(key, Value.ABSENT)).isEmpty();
    }

    @Test
    void aKeyMayBeGoneAroundItsExpiryAndMustBeAfterwards() {
        KeyHistory key = twoSets();
        long expiry = now + 60_000;
        write(key, new Op.ExpireAt(expiry), num(1));
        assertThat(read(key, text("2|a"))).isEmpty();

        now = expiry + 500;
        assertThat(read(key, Value.ABSENT)).isEmpty();
        assertThat(read(key, text("2|a"))).isEmpty();
        now = expiry + 1500;
        assertThat(answer(key, new Op.Delete(), num(1))).contains(Kind.TTL);
    }

    @Test
    void aKeyThatIsGoneBeforeItsExpiryIsALostWrite() {
        KeyHistory key = twoSets();
        write(key, new Op.ExpireAt(now + 60_000), num(1));
        assertThat(read(key, Value.ABSENT)).contains(Kind.LOST);
    }

    @Test
    void aKeyThatOutlivesItsExpiryIsRevived() {
        KeyHistory key = twoSets();
        long expiry = now + 60_000;
        write(key, new Op.ExpireAt(expiry), num(1));
        now = expiry + 1500;
        assertThat(read(key, text("2|a"))).contains(Kind.REVIVED);
    }

    @Test
    void aTimeToLiveMustBeRightToASecond() {
        long expiry = now + 60_000;
        for (long off : List.of(0L, 900L, -900L)) {
            KeyHistory key = twoSets();
            write(key, new Op.ExpireAt(expiry), num(1));
            assertThat(key.seenAtEnd(text("2|a"), expiry - now + off, now, now)).isEmpty();
        }
        for (long off : List.of(1500L, -1500L)) {
            KeyHistory key = twoSets();
            write(key, new Op.ExpireAt(expiry), num(1));
            assertThat(key.seenAtEnd(text("2|a"), expiry - now + off, now, now).map(Violation::kind))
                    .contains(Kind.TTL);
        }
    }

    @Test
    void aTimeToLiveThatIsMissingOrNotOursIsWrong() {
        KeyHistory key = twoSets();
        write(key, new Op.ExpireAt(now + 60_000), num(1));
        assertThat(key.seenAtEnd(text("2|a"), -1, now, now).map(Violation::kind))
                .contains(Kind.TTL);
        assertThat(twoSets().seenAtEnd(text("2|a"), 5000, now, now).map(Violation::kind))
                .contains(Kind.TTL);
    }

    @Test
    void aKeyIsReportedOnce() {
        KeyHistory key = twoSets();
        assertThat(read(key, Value.ABSENT)).isPresent();
        assertThat(read(key, Value.ABSENT)).isEmpty();
        assertThat(atEnd(key, Value.ABSENT)).isEmpty();
    }

    @Test
    void aLossIsExplainedByTheWritesThatAreGone() {
        KeyHistory key = key(KeyKind.LIST);
        write(key, new Op.Push("1"), num(1));
        Step second = write(key, new Op.Push("2"), num(2));
        Step third = write(key, new Op.Push("3"), num(3));
        Violation violation =
                key.seenAtEnd(Value.items(List.of("1")), -1, now, now).orElseThrow();
        assertThat(violation.window()).isEqualTo(new Violation.Window(second.ackedAt(), third.ackedAt()));
    }

    @Test
    void whatNoLossExplainsHasNoWindow() {
        KeyHistory key = key(KeyKind.LIST);
        write(key, new Op.Push("1"), num(1));
        write(key, new Op.Push("2"), num(2));
        Violation violation =
                key.seenAtEnd(Value.items(List.of("1", "2", "2")), -1, now, now).orElseThrow();
        assertThat(violation.window()).isNull();
    }

    @Test
    void aSlowReaderOfABusyKeyIsStillCheckedRightly() {
        KeyHistory key = key(KeyKind.COUNTER);
        write(key, new Op.Incr(), num(1));
        Asked asked = key.asked(now++);
        for (int i = 2; i <= 200; i++) {
            write(key, new Op.Incr(), num(i));
        }
        assertThat(key.seen(asked, text("1"), now++)).isEmpty();
        assertThat(read(key, text("199"))).contains(Kind.STALE);
    }
}
