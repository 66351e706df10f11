package io.codis.testkit.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.testkit.Engine;
import io.codis.testkit.RedisServer;
import io.codis.testkit.Seed;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DatasetTest {

    private static final int COUNT = 3000;

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void whatIsLoadedIsFoundAgain(Engine engine) {
        try (RedisServer server = RedisServer.start(engine, Map.of())) {
            Dataset data = Dataset.of(Seed.next(), COUNT);
            data.load(List.of(server.address()));

            assertThat(server.call("DBSIZE").number()).isEqualTo(COUNT);
            data.requireIntact(List.of(server.address()));
        }
    }

    @Test
    void allTypesAreThereAndAThirdExpires() {
        Set<Entry.Type> types = EnumSet.noneOf(Entry.Type.class);
        int expiring = 0;
        for (int i = 0; i < COUNT; i++) {
            Entry entry = Entry.of(1, i, 0);
            types.add(entry.type());
            expiring += entry.expiresAt() != 0 ? 1 : 0;
        }
        assertThat(types).containsExactlyInAnyOrder(Entry.Type.values());
        assertThat(expiring).isEqualTo(COUNT / 3);
    }

    @Test
    void everyKindOfDifferenceIsFound() throws IOException {
        try (RedisServer server = RedisServer.start();
                RespConnection saboteur = server.connect()) {
            Dataset data = Dataset.of(Seed.next(), COUNT);
            data.load(List.of(server.address()));
            Set<Entry.Type> changed = EnumSet.noneOf(Entry.Type.class);
            for (int i = 1; changed.size() < Entry.Type.values().length; i += 3) {
                Entry entry = Entry.of(data.seed(), i, data.start());
                if (changed.add(entry.type())) {
                    assertThat(change(saboteur, entry)).isNotInstanceOf(Reply.Failure.class);
                }
            }
            saboteur.call("PERSIST", Entry.of(data.seed(), 0, data.start()).key());
            saboteur.call(
                    "PEXPIRE", Entry.of(data.seed(), COUNT - 2, data.start()).key(), "5000000");
            saboteur.call("DEL", Entry.of(data.seed(), COUNT - 1, data.start()).key());

            assertThat(data.differences(List.of(server.address()))).hasSize(Entry.Type.values().length + 3);
        }
    }

    private static Reply change(RespConnection saboteur, Entry entry) throws IOException {
        return switch (entry.type()) {
            case STRING -> saboteur.call("APPEND", entry.key(), "x");
            case LIST -> saboteur.call("RPUSH", entry.key(), "x");
            case SET -> saboteur.call("SREM", entry.key(), entry.parts().getFirst());
            case HASH -> saboteur.call("HSET", entry.key(), "field0", "x");
            case ZSET -> saboteur.call("ZINCRBY", entry.key(), "1", "member0");
            case STREAM -> saboteur.call("XDEL", entry.key(), "1-1");
        };
    }
}
