package io.codis.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandTableTest {

    private final CommandTable table = CommandTable.known();

    @Test
    void everyNameIsFoundInAnyCaseAnywhereInABuffer() {
        Random random = new Random(7);
        for (Command command : table.all()) {
            if (command.name().contains("|")) {
                continue;
            }
            String name = command.name();
            assertThat(find("xx", name, "yy")).isSameAs(command);
            assertThat(find("", name.toUpperCase(Locale.ROOT), "")).isSameAs(command);
            StringBuilder mixed = new StringBuilder();
            name.chars().forEach(c -> mixed.append((char) (random.nextBoolean() ? Character.toUpperCase(c) : c)));
            assertThat(find("*", mixed.toString(), "\r\n")).isSameAs(command);
        }
    }

    @Test
    void nothingThatIsNotExactlyANameIsFound() {
        for (Command command : table.all()) {
            if (command.name().contains("|")) {
                continue;
            }
            byte[] name = command.name().getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < name.length; i++) {
                for (int bit = 0; bit < 8; bit++) {
                    byte[] other = name.clone();
                    other[i] ^= (byte) (1 << bit);
                    Command found = table.find(other, 0, other.length);
                    String text = new String(other, StandardCharsets.ISO_8859_1);
                    assertThat(found == null || text.toLowerCase(Locale.ROOT).equals(found.name()))
                            .as(text)
                            .isTrue();
                }
            }
        }
        assertThat(find("", "", "")).isNull();
        assertThat(find("", "g", "et")).isNull();
        assertThat(find("", "get ".repeat(100_000), "")).isNull();
    }

    @Test
    void everyCommandIsServedOrSaysWhyNot() {
        for (Command command : table.all()) {
            Call call = Call.of(command.name().replace('|', ' '));
            String refusal = command.refusal(call.buf(), call.at(), call.len(), call.args());
            boolean refused = command.route() == Route.SESSION || command.route() == Route.REFUSED;
            assertThat(refusal != null).as(command.name()).isEqualTo(refused);
            if (refusal != null) {
                assertThat(refusal)
                        .as(command.name())
                        .startsWith("ERR ")
                        .doesNotContain("\r", "\n")
                        .hasSizeLessThan(200);
            }
        }
    }

    @Test
    void severalPartsAreJoinedAndOnePartIsNot() {
        for (Command command : table.all()) {
            boolean parts = command.route() == Route.SPLIT || command.route() == Route.FANOUT;
            assertThat(command.join() != Join.NONE).as(command.name()).isEqualTo(parts);
        }
    }

    @Test
    void aWriteIsNeverTakenForSomethingThatMayBeSentAgain() {
        assertThat(table.all())
                .filteredOn(Command::readOnly)
                .extracting(Command::name)
                .contains("get", "mget", "xread", "eval_ro", "object|encoding")
                .doesNotContain(
                        "set", "getex", "getdel", "eval", "evalsha", "fcall", "xreadgroup", "sort", "georadius");
    }

    @ParameterizedTest
    @CsvSource({
        "get k, true",
        "get, false",
        "get k l, false",
        "mset a 1, true",
        "mset a 1 b, false",
        "mset a 1 b 2, true",
        "msetnx a 1 b, false",
        "object encoding k, true",
        "object encoding, false",
        "ping, true",
        "set k, false"
    })
    void argumentsAreCounted(String line, boolean fits) {
        Call call = Call.of(line);
        assertThat(call.command().arityFits(call.args())).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "GET k; k",
                "mget a b c; a,b,c",
                "MSET a 1 b 2; a,b",
                "bitop and d s1 s2; d,s1,s2",
                "ZUnionStore d 2 a b WEIGHTS 1 2; d,a,b",
                "zinter 2 a b; a,b",
                "eval return 2 a b c; a,b",
                "sort k STORE d; k,d",
                "sort k get store store d; k,d",
                "sort k limit 0 store store d; k,d",
                "georadius k 0 0 1 m store d1 storedist d2; k,d2",
                "georadiusbymember store store 1 m; store",
                "xread count 2 streams a b 0 0; a,b",
                "xreadgroup group streams c streams a 0; a",
                "object freq k; k",
                "memory usage k samples 5; k",
                "xgroup create k g $; k",
                "migrate h 1 k 0 1; k",
                "migrate h 1 '' 0 1 auth keys keys a b; a,b",
                "blpop a b 0; a,b",
                "copy a b; a,b"
            })
    void keysAreFoundWhereTheyAre(String line, String keys) {
        assertThat(Call.of(line).keys()).containsExactly(keys.split(","));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zunion 0 a",
                "zunion 3 a b",
                "zunion 02 a b",
                "zunion +2 a b",
                "zunion -1 a b",
                "zunion '' a b",
                "zunion 99999999999999999999 a b",
                "eval return x a",
                "eval return 2 a",
                "xread streams a b 0",
                "xread streams",
                "xread foo bar streams a 0",
                "mset a 1 b"
            })
    void aCallWhoseKeysCannotBeNamedIsMalformed(String line) {
        assertThat(Call.of(line).keyCount()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xread block 0 streams a 0",
                "xread count 1 BLOCK 5 streams a 0",
                "xreadgroup group g c block 0 streams a >",
                "sort k by w_* get #",
                "sort k by nosort get o_*",
                "sort_ro k GET *",
                "copy a b db 1",
                "copy a b replace DB 1",
                "eval return 0",
                "fcall f 0 x",
                "keys *",
                "multi",
                "object foo k",
                "client foo",
                "cluster info",
                "slotsmgrt-async-cancel"
            })
    void aCallThatReachesTooFarIsRefused(String line) {
        assertThat(Call.of(line).refusal()).startsWith("ERR ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xread count 1 streams block 0",
                "xreadgroup group block block streams a >",
                "sort k by nosort",
                "sort by get #",
                "sort k limit 0 5 desc",
                "copy db a",
                "copy a db",
                "eval return 1 a",
                "client setname x",
                "object encoding k"
            })
    void aCallThatStaysInItsSlotIsServed(String line) {
        assertThat(Call.of(line).refusal()).isEmpty();
    }

    private Command find(String before, String name, String after) {
        byte[] bytes = (before + name + after).getBytes(StandardCharsets.ISO_8859_1);
        return table.find(bytes, before.length(), name.length());
    }
}
