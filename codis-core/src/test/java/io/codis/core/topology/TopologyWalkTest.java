package io.codis.core.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.codis.core.Seeded;
import io.codis.core.migration.SlotAction;
import io.codis.core.problem.CodisException;
import io.codis.core.wire.RouteTable.SlotRoute;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** What holds after any sequence of commands. */
class TopologyWalkTest {

    private static final int STEPS = 400;

    private final JsonMapper json = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    @Test
    void versionsAndEpochsOnlyRise() {
        Seeded.times(20, random -> {
            var walk = new RandomWalk(random, Clusters.assigned(3, 2));
            for (int i = 0; i < STEPS; i++) {
                Topology before = walk.topology();
                boolean legal = walk.step();
                Topology after = walk.topology();
                assertThat(after.version()).isEqualTo(before.version() + (legal ? 1 : 0));
                assertThat(after.epoch()).isBetween(before.epoch(), before.epoch() + 1);
                assertThat(after.groups().values()).allMatch(g -> g.epoch() <= after.epoch());
            }
        });
    }

    @Test
    void everySlotNamesGroupsThatExist() {
        Seeded.times(20, random -> {
            var walk = walked(random);
            assertThat(walk.slots())
                    .allMatch(s ->
                            exists(walk, s.group()) && exists(walk, s.action().target()));
        });
    }

    /** The slot has one route or none; a slot with keys on two sides has both; no other is locked or split. */
    @Test
    void theRoutesSayWhatTheTableOfStatesSays() {
        Seeded.times(20, random -> {
            Topology topology = walked(random);
            var routes = Routes.of(topology).slots();
            for (Slot slot : topology.slots()) {
                var of = routes.stream()
                        .filter(r -> r.from() <= slot.id() && slot.id() <= r.to())
                        .toList();
                int group = slot.action() instanceof SlotAction.Idle || slot.action() instanceof SlotAction.Pending
                        ? slot.group()
                        : slot.action().target();
                if (group == 0 || topology.group(group).members().isEmpty()) {
                    assertThat(of).isEmpty();
                } else {
                    assertThat(of).singleElement().isEqualTo(expected(topology, slot, group, of.getFirst()));
                }
            }
        });
    }

    @Test
    void rangesAreAscendingAndMaximal() {
        Seeded.times(20, random -> {
            var routes = Routes.of(walked(random)).slots();
            for (int i = 1; i < routes.size(); i++) {
                SlotRoute a = routes.get(i - 1);
                SlotRoute b = routes.get(i);
                assertThat(b.from()).isGreaterThan(a.to());
                assertThat(b.from() == a.to() + 1
                                && a.group() == b.group()
                                && a.source() == b.source()
                                && a.locked() == b.locked())
                        .isFalse();
            }
        });
    }

    @Test
    void aFencedMemberIsNoMasterAndNobodyWaitsForIt() {
        Seeded.times(20, random -> {
            var walk = new RandomWalk(random, Clusters.assigned(3, 3));
            for (int i = 0; i < STEPS; i++) {
                walk.step();
                for (Group group : walk.topology().groups().values()) {
                    assertThat(group.fenced()).noneMatch(member -> group.indexOf(member) == 0);
                    assertThat(group.fenced()).noneMatch(group.candidates()::contains);
                    assertThat(group.fenced()).noneMatch(group.awaited()::contains);
                }
                assertThat(Routes.of(walk.topology()).groups())
                        .allMatch(route -> route.replicas().stream()
                                .noneMatch(walk.topology().group(route.id()).fenced()::contains));
            }
        });
    }

    @Test
    void aDocumentOfBeforeHasNothingFenced() {
        var document = write(Clusters.of(1, 2));

        assertThat(document).doesNotContain("fenced");
        assertThat(read(document).toTopology().group(1).fenced()).isEmpty();
    }

    @Test
    void theStoredFormGivesTheSameTopologyBack() {
        Seeded.times(20, random -> {
            Topology topology = walked(random);
            assertThat(read(write(topology)).toTopology()).isEqualTo(topology);
        });
    }

    @Test
    void aThousandMovesAreStoredAsOneRange() {
        var moving = Clusters.assigned(2, 1).apply(new SlotCommand.CreateSomeMoves(1, 2, 512));

        assertThat(TopologyDocument.of(moving).slots())
                .containsExactly(
                        new TopologyDocument.SlotRange(0, 511, 1, TopologyDocument.SlotRange.State.PENDING, 1, 2),
                        new TopologyDocument.SlotRange(512, 1023, 2, null, 0, 0));
        assertThat(write(moving)).contains("{\"from\":512,\"to\":1023,\"group\":2}");
    }

    @Test
    void aDocumentOfAnotherFormatIsRefused() {
        var document = write(Clusters.of(1, 1)).replace("\"format\":1", "\"format\":2");

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> read(document).toTopology())
                .isInstanceOf(CodisException.class)
                .hasMessage("cluster: format 2 is not 1");
    }

    private static SlotRoute expected(Topology topology, Slot slot, int group, SlotRoute actual) {
        boolean two = switch (slot.action()) {
            case SlotAction.Idle ignored -> false;
            case SlotAction.Pending ignored -> false;
            case SlotAction.Preparing ignored -> true;
            case SlotAction.Swapping ignored -> true;
            case SlotAction.Prepared ignored -> true;
            case SlotAction.Migrating ignored -> true;
            case SlotAction.Finished ignored -> false;
        };
        boolean barrier = two && !(slot.action() instanceof SlotAction.Migrating);
        int source = two ? slot.group() : 0;
        boolean locked = barrier || unsettled(topology, group) || (source != 0 && unsettled(topology, source));
        return new SlotRoute(actual.from(), actual.to(), group, source, locked);
    }

    private static boolean unsettled(Topology topology, int group) {
        return topology.group(group).promotion().locks()
                || !topology.group(group).initialized();
    }

    private static boolean exists(Topology topology, int group) {
        return group == 0 || topology.groups().containsKey(group);
    }

    private static Topology walked(java.util.Random random) {
        var walk = new RandomWalk(random, Clusters.assigned(3, 2));
        for (int i = 0; i < STEPS; i++) {
            walk.step();
        }
        return walk.topology();
    }

    private String write(Topology topology) {
        try {
            return json.writeValueAsString(TopologyDocument.of(topology));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TopologyDocument read(String text) {
        try {
            return json.readValue(text, TopologyDocument.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
