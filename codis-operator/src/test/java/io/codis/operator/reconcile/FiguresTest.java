package io.codis.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.DashboardView.Moves;
import io.codis.infra.dashboard.DashboardView.Server;
import io.codis.operator.reconcile.Figures.OfGroup;
import io.codis.operator.reconcile.Figures.OfMoves;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FiguresTest {

    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final OfGroup BEFORE = new OfGroup(1000L, "200Mi", "in sync");

    @Test
    void nothingIsNewsWithinHalfAMinute() {
        var ten = new OfGroup(10_000L, "2Gi", "300Mi");

        assertThat(group(ten, 29).news(group(BEFORE, 0))).isFalse();
        assertThat(group(ten, 30).news(group(BEFORE, 0))).isTrue();
    }

    @Test
    void afterwardsOneFigureThatChangedByMoreThanATenthIs() {
        assertThat(news(new OfGroup(1100L, "220Mi", "in sync"))).isFalse();
        assertThat(news(new OfGroup(900L, "180Mi", "in sync"))).isFalse();

        assertThat(news(new OfGroup(1101L, "200Mi", "in sync"))).isTrue();
        assertThat(news(new OfGroup(1000L, "179Mi", "in sync"))).isTrue();
        assertThat(news(new OfGroup(1000L, "200Mi", "1.2Mi"))).isTrue();
        assertThat(news(new OfGroup(1000L, "200Mi", "not in sync"))).isTrue();
        assertThat(news(new OfGroup(null, "200Mi", "in sync"))).isTrue();
    }

    @Test
    void aChangeFromNothingIsNewsAndWhatConnectionsTakeOfAnEmptyEngineIsNot() {
        Figures empty = group(new OfGroup(0L, "1.1Mi", null), 0);

        assertThat(group(new OfGroup(1L, "1.1Mi", null), 60).news(empty)).isTrue();
        assertThat(group(new OfGroup(0L, "2.3Mi", null), 60).news(empty)).isFalse();
    }

    @Test
    void movesThatKeepTheirRateAndTheirEndAreNoNews() {
        Figures before = moves(new OfMoves(1000L, AT.plusSeconds(300), null), 0);

        assertThat(moves(new OfMoves(1050L, AT.plusSeconds(310), null), 100).news(before))
                .isFalse();
        assertThat(moves(new OfMoves(1050L, AT.plusSeconds(330), null), 100).news(before))
                .as("a seventh of what is left later")
                .isTrue();
        assertThat(moves(new OfMoves(800L, AT.plusSeconds(300), null), 100).news(before))
                .isTrue();
        assertThat(moves(new OfMoves(1000L, AT.plusSeconds(300), "TargetUnfit: full"), 100)
                        .news(before))
                .isTrue();
    }

    @Test
    void figuresAreMeasuredAtTheMasterAndTheLastOfItsReplicas() {
        assertThat(measured(server("m:1", "", 5000), server("r:1", "m:1", 5000)))
                .isEqualTo(new OfGroup(7L, "1.43Mi", "in sync"));
        assertThat(measured(server("m:1", "", 5000)).lag()).isNull();
        assertThat(measured(server("m:1", "", 5000), server("r:1", "m:1", 4000)).lag())
                .as("under way")
                .isEqualTo("in sync");
        assertThat(measured(
                                server("m:1", "", 5_000_000),
                                server("r:1", "m:1", 5_000_000),
                                server("r:2", "m:1", 900_000))
                        .lag())
                .isEqualTo("3.91Mi");
        assertThat(measured(server("m:1", "", 5000), server("r:1", "m:1", 5000), server("r:2", "", 5000))
                        .lag())
                .isEqualTo("not in sync");
    }

    @Test
    void theEndOfMovesIsATime() {
        assertThat(Figures.measured(
                                Optional.of(view(
                                        new int[] {2}, new Moves("", 1300, Optional.of(Duration.ofMinutes(2)), ""))),
                                AT.plusMillis(400))
                        .moves())
                .isEqualTo(new OfMoves(1300L, AT.plusSeconds(120), null));
        assertThat(Figures.measured(Optional.of(view(new int[] {0}, new Moves("", 0, Optional.empty(), "old"))), AT)
                        .moves())
                .isEqualTo(OfMoves.NONE);
    }

    @Test
    void amountsHaveThreeDigits() {
        assertThat(List.of(0L, 1023L, 1536L, 1L << 20, 123_456_789L, 5L << 30).stream()
                        .map(Figures::quantity))
                .containsExactly("0", "1020", "1.5Ki", "1Mi", "118Mi", "5Gi");
    }

    private static boolean news(OfGroup now) {
        return group(now, 60).news(group(BEFORE, 0));
    }

    private static Figures group(OfGroup group, int second) {
        return new Figures(Map.of(1, group), OfMoves.NONE, AT.plusSeconds(second));
    }

    private static Figures moves(OfMoves moves, int second) {
        return new Figures(Map.of(), moves, AT.plusSeconds(second));
    }

    private static @Nullable OfGroup measured(Server... servers) {
        var view = new DashboardView(
                List.of(new DashboardView.Group(1, List.of(servers), false)),
                List.of(),
                new int[0],
                new int[0],
                Moves.NONE,
                List.of());
        return Figures.measured(Optional.of(view), AT).of(1);
    }

    private static DashboardView view(int[] targets, Moves moves) {
        return new DashboardView(List.of(), List.of(), new int[] {1}, targets, moves, List.of());
    }

    private static Server server(String address, String master, long offset) {
        return new Server(address, true, "run", master, true, 7, 1_500_000, offset, "", Optional.empty(), false);
    }
}
