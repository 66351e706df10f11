package io.codis.infra.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    record Event(Instant startedAt, long bytes) {}

    @Test
    void aRouteTableComesBackAsItWas() {
        var table = new RouteTable(
                3,
                17,
                new Credentials("proxy-1-2", "password"),
                List.of(new RouteTable.GroupRoute(1, "a:1", List.of("b:1"), List.of())),
                List.of(new RouteTable.SlotRoute(0, 1023, 1, 0, false), new RouteTable.SlotRoute(5, 5, 2, 1, true)),
                List.of());
        byte[] json = Json.write(table);
        assertThat(Json.read(json, RouteTable.class)).isEqualTo(table);
        assertThat(new String(json, StandardCharsets.UTF_8)).contains("{\"from\":0,\"to\":1023,\"group\":1}");
    }

    @Test
    void timesAreTextInUtc() {
        var event = new Event(Instant.parse("2026-01-31T23:59:59.5Z"), Long.MAX_VALUE);
        String json = new String(Json.write(event), StandardCharsets.UTF_8);
        assertThat(json).isEqualTo("{\"started_at\":\"2026-01-31T23:59:59.500Z\",\"bytes\":9223372036854775807}");
        assertThat(Json.read(json, Event.class)).isEqualTo(event);
        assertThatThrownBy(() -> Json.read("{\"started_at\":\"yesterday\"}", Event.class))
                .hasMessageStartingWith("started_at: ")
                .hasMessageContaining("not a time");
    }

    @Test
    void problemsNameTheirPath() {
        assertThatThrownBy(() -> Json.read("{\"groups\":[{\"id\":1},{\"id\":\"x\"}]}", RouteTable.class))
                .hasMessageStartingWith("groups[1].id: ");
        assertThatThrownBy(() -> Json.read("{\"groups\":[", RouteTable.class)).hasMessageContaining("line 1");
    }

    @Test
    void peopleGetFourBlanks() {
        assertThat(Json.pretty(Map.of("a", List.of(1)))).isEqualTo("{\n    \"a\" : [\n        1\n    ]\n}");
    }
}
