package io.codis.core.codis3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.codis.core.failover.Promotion;
import io.codis.core.migration.SlotAction;
import io.codis.core.problem.CodisException;
import io.codis.core.topology.Candidacy;
import io.codis.core.topology.Clusters;
import io.codis.core.topology.MemberCommand;
import io.codis.core.topology.PromotionCommand;
import io.codis.core.topology.ProxyCommand;
import io.codis.core.topology.Sentinels;
import io.codis.core.topology.Slot;
import io.codis.core.topology.SlotCommand;
import io.codis.core.topology.SlotStep;
import io.codis.core.topology.Topology;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents that Codis 3.2 has written, and ours beside them. */
class Codis3Test {

    private final JsonMapper json = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":0,\"group_id\":1,\"action\":{}}",
                "{\"id\":600,\"group_id\":0,\"action\":{\"index\":601,\"state\":\"pending\",\"target_id\":2}}"
            })
    void aSlotMappingIsWrittenAsItWasRead(String text) {
        assertThat(write(read(text, SlotMapping.class))).isEqualTo(text);
    }

    @Test
    void aGroupIsWrittenAsItWasRead() {
        var text = "{\"id\":1,\"servers\":[{\"server\":\"127.0.0.1:6401\",\"datacenter\":\"\",\"action\":{},"
                + "\"replica_group\":false},{\"server\":\"127.0.0.1:6402\",\"datacenter\":\"dc1\",\"action\":{\"index\":1,"
                + "\"state\":\"pending\"},\"replica_group\":true}],\"promoting\":{\"index\":1,\"state\":\"preparing\"},"
                + "\"out_of_sync\":false}";

        assertThat(write(read(text, GroupNode.class))).isEqualTo(text);
    }

    @Test
    void aProxyIsWrittenAsItWasRead() {
        var text = "{\"id\":1,\"token\":\"a94a4f0d7647db160e7a858696f3f08d\",\"start_time\":\"now\","
                + "\"admin_addr\":\"127.0.0.1:11081\",\"proto_type\":\"tcp4\",\"proxy_addr\":\"127.0.0.1:19001\","
                + "\"jodis_path\":\"/jodis/codis-zk/proxy-a94a4f0d7647db160e7a858696f3f08d\",\"product_name\":\"codis-zk\","
                + "\"pid\":419,\"pwd\":\"/\",\"sys\":\"...\",\"hostname\":\"vm\",\"datacenter\":\"dc1\"}";
        var alone = text.replace("\"id\":1,", "").replaceAll("\"jodis_path\":\"[^\"]*\",", "");

        assertThat(write(read(text, ProxyNode.class))).isEqualTo(text);
        assertThat(write(read(alone, ProxyNode.class))).isEqualTo(alone);
        assertThat(write(ProxyNode.of(7, read(alone, ProxyNode.class).model()))).startsWith("{\"id\":7,\"token\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"servers\":[\"127.0.0.1:26401\",\"127.0.0.1:26402\"],\"out_of_sync\":true}",
                "{\"out_of_sync\":false}"
            })
    void theSentinelsAreWrittenAsTheyWereRead(String text) {
        assertThat(write(read(text, SentinelNode.class))).isEqualTo(text);
    }

    @Test
    void theLockNamesItsDashboard() {
        var text = "{\"token\":\"7c12fdc910874bd9662caac7961ce004\",\"start_time\":\"2026-11-20 10:25:20\","
                + "\"admin_addr\":\"127.0.0.1:18080\",\"product_name\":\"codis-demo\",\"pid\":17754,\"pwd\":\"/opt/codis\","
                + "\"sys\":\"Linux vm\"}";

        assertThat(write(read(text, Topom.class))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":5,\"locked\":true,\"backend_addr\":\"10.0.0.2:6379\",\"backend_addr_group_id\":2,"
                        + "\"migrate_from\":\"10.0.0.1:6379\",\"migrate_from_group_id\":1,\"forward_method\":1,"
                        + "\"replica_groups\":[[\"10.0.0.2:6379\"],[\"10.0.0.3:6379\"]]}",
                "{\"id\":0,\"backend_addr\":\"127.0.0.1:6403\",\"backend_addr_group_id\":2,\"forward_method\":1}",
                "{\"id\":0}"
            })
    void aRoutingIsWrittenAsItWasRead(String text) {
        assertThat(write(read(text, SlotRouting.class))).isEqualTo(text);
    }

    @Test
    void anIdleClusterIsProjected() {
        var topology = Clusters.assigned(1, 1);

        assertThat(write(Projection.of(topology.slot(3)))).isEqualTo("{\"id\":3,\"group_id\":1,\"action\":{}}");
        assertThat(write(Projection.of(topology.group(1))))
                .isEqualTo("{\"id\":1,\"servers\":[{\"server\":\"1.1:6379\",\"datacenter\":\"dc1\",\"action\":{},"
                        + "\"replica_group\":false}],\"promoting\":{},\"out_of_sync\":false}");
        assertThat(write(Projection.of(Sentinels.NONE))).isEqualTo("{\"out_of_sync\":false}");
        assertThat(write(Projection.routings(topology).get(3)))
                .isEqualTo("{\"id\":3,\"backend_addr\":\"1.1:6379\",\"backend_addr_group_id\":1}");
    }

    @Test
    void workUnderWayIsProjected() {
        var group = Clusters.assigned(1, 2)
                .apply(new MemberCommand.CreateSyncAction("1.2:6379"))
                .apply(new PromotionCommand.StartPromotion(1, "1.2:6379", Promotion.Kind.SWITCHOVER))
                .group(1);

        assertThat(write(Projection.of(group)))
                .contains("\"action\":{\"index\":1,\"state\":\"pending\"}")
                .contains("\"promoting\":{\"index\":1,\"state\":\"preparing\"}");
        assertThat(write(Projection.of(new Slot(4, 1, new SlotAction.Migrating(9, 2)))))
                .isEqualTo(
                        "{\"id\":4,\"group_id\":1,\"action\":{\"index\":9,\"state\":\"migrating\",\"target_id\":2}}");
    }

    @Test
    void aLockedMoveIsRoutedToItsTarget() {
        var moving = Clusters.assigned(2, 1)
                .apply(new SlotCommand.CreateMove(0, 2))
                .apply(new SlotStep(SlotStep.Step.PREPARE, List.of(0)));

        assertThat(write(Projection.routings(moving).getFirst()))
                .isEqualTo("{\"id\":0,\"locked\":true,\"backend_addr\":\"2.1:6379\",\"backend_addr_group_id\":2,"
                        + "\"migrate_from\":\"1.1:6379\",\"migrate_from_group_id\":1,\"forward_method\":1}");
    }

    @Test
    void replicasThatMayServeReadsAreRouted() {
        var reading = Clusters.assigned(1, 2).apply(new MemberCommand.SetReplicaGroup(1, "1.2:6379", true));

        assertThat(write(Projection.routings(reading).getFirst())).contains("\"replica_groups\":[[\"1.2:6379\"]]");
    }

    @Test
    void aClusterOfCodisIsTakenOver() {
        var before = Clusters.assigned(2, 2)
                .apply(new ProxyCommand.CreateProxy(Clusters.proxy("t")))
                .apply(new SlotCommand.CreateRangeMoves(0, 2, 2));

        var after = imported(before);

        assertThat(after.slots()).isEqualTo(before.slots());
        assertThat(after.proxies()).isEqualTo(before.proxies());
        assertThat(after.group(1).master().orElseThrow().address()).isEqualTo("1.1:6379");
        assertThat(after.group(1).initialized()).isTrue();
        assertThat(after.group(1).members()).allMatch(m -> m.candidacy() == Candidacy.OUT);
    }

    @Test
    void whatProxiesMayHaveBegunGoesOnAndWhatTheyHaveNotGoesBack() {
        assertThat(imported("preparing")).isEqualTo(new SlotAction.Pending(3, 2));
        assertThat(imported("prepared")).isEqualTo(new SlotAction.Prepared(3, 2));
        assertThat(imported("migrating")).isEqualTo(new SlotAction.Migrating(3, 2));
        assertThat(imported("finished")).isEqualTo(new SlotAction.Finished(3, 2));
        assertThatThrownBy(() -> imported("sleeping")).hasMessage("slot-0007: action state \"sleeping\"");
    }

    @Test
    void nodesThatContradictEachOtherAreRefusedByName() {
        var slot = read("{\"id\":7,\"group_id\":9,\"action\":{}}", SlotMapping.class);

        assertThatThrownBy(() -> Import.topology("demo", "id", List.of(slot), List.of(), List.of(), null))
                .isInstanceOf(CodisException.class)
                .hasMessage("slot-0007: group-[9] doesn't exist");
    }

    private SlotAction imported(String state) {
        var topology = Clusters.of(2, 1);
        var slot = new SlotMapping(7, 1, new SlotMapping.Action(3, state, 2));
        var groups = topology.groups().values().stream().map(Projection::of).toList();
        return Import.topology("demo", "id", List.of(slot), groups, List.of(), null)
                .slot(7)
                .action();
    }

    private Topology imported(Topology topology) {
        return Import.topology(
                topology.product(),
                topology.clusterId(),
                topology.slots().stream()
                        .map(s -> reread(Projection.of(s), SlotMapping.class))
                        .toList(),
                topology.groups().values().stream()
                        .map(g -> reread(Projection.of(g), GroupNode.class))
                        .toList(),
                topology.proxies().values().stream()
                        .map(p -> reread(Projection.of(p), ProxyNode.class))
                        .toList(),
                null);
    }

    private <T> T reread(T node, Class<T> type) {
        return read(write(node), type);
    }

    private <T> T read(String text, Class<T> type) {
        try {
            return json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
