package io.codis.infra.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.codis3.SlotRouting;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What our processes tell each other survives the way through JSON, keys that are left out included. */
class WireJsonTest {

    @Test
    void aRouteTableIsReadAsItWasWritten() {
        RouteTable table = new RouteTable(
                3,
                17,
                new Credentials("proxy-1-17", "secret"),
                List.of(new RouteTable.GroupRoute(1, "a:1", List.of("b:1"), List.of())),
                List.of(new RouteTable.SlotRoute(0, 9, 1, 0, false), new RouteTable.SlotRoute(10, 1023, 1, 2, true)),
                List.of(new RouteTable.MoveRoute(2, 1, new Credentials("mig-2-1", "secret"))));

        assertThat(Json.read(Json.write(table), RouteTable.class)).isEqualTo(table);
    }

    @Test
    void aSlotOfCodisWithNothingButItsNumberIsOffline() {
        assertThat(Json.read("{\"id\":7}", SlotRouting.class)).isEqualTo(SlotRouting.offline(7));
    }
}
