package io.codis.operator.reconcile;

import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.DashboardView.Moves;
import io.codis.operator.api.ClusterStatus;
import io.codis.operator.api.ClusterStatus.GroupStatus;
import io.codis.operator.api.ClusterStatus.Progress;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a status that change all the time, in the form in which it shows them.
 *
 * <p>A status that is written wakes everybody who watches clusters. So these alone are written only when one has changed by
 * more than a tenth, and not within half a minute of the last time; when something else changes, that is written at once, and
 * the latest figures with it.
 *
 * @param groups by id
 * @param at when they were measured
 */
record Figures(Map<Integer, OfGroup> groups, OfMoves moves, Instant at) {

    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final double SHARE = 0.1;

    /** An engine without data has a few MiB, some more with each connection. */
    private static final double ENGINE_ITSELF = 10 << 20;

    /** Between two looks at a group of which nobody asks much. */
    private static final long UNDER_WAY = 64 << 10;

    private static final String IN_SYNC = "in sync";
    private static final String NOT_IN_SYNC = "not in sync";
    private static final List<String> UNITS = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi");
    private static final double PER_UNIT = 1024;
    private static final MathContext DIGITS = new MathContext(3);

    record OfGroup(
            @Nullable Long keys,
            @Nullable String memory,
            @Nullable String lag) {

        static final OfGroup NONE = new OfGroup(null, null, null);
    }

    /** @param problem why slots do not move */
    record OfMoves(
            @Nullable Long keysPerSecond,
            @Nullable Instant eta,
            @Nullable String problem) {

        static final OfMoves NONE = new OfMoves(null, null, null);
    }

    /** As a dashboard has them, if it answers. */
    static Figures measured(Optional<DashboardView> view, Instant now) {
        Instant at = now.truncatedTo(ChronoUnit.SECONDS);
        Map<Integer, OfGroup> groups = view.map(DashboardView::groups).orElse(List.of()).stream()
                .collect(Collectors.toMap(DashboardView.Group::id, Figures::of));
        return new Figures(
                groups,
                view.filter(known -> known.moving() > 0)
                        .map(known -> of(known.moves(), at))
                        .orElse(OfMoves.NONE),
                at);
    }

    private static OfGroup of(DashboardView.Group group) {
        Optional<DashboardView.Server> master = group.master();
        return new OfGroup(
                master.map(DashboardView.Server::keys).filter(keys -> keys >= 0).orElse(null),
                master.map(DashboardView.Server::usedMemory)
                        .filter(bytes -> bytes >= 0)
                        .map(Figures::quantity)
                        .orElse(null),
                master.flatMap(server -> lag(server, group.servers())).orElse(null));
    }

    /** Of the replica that is farthest behind; empty without replicas. */
    private static Optional<String> lag(DashboardView.Server master, List<DashboardView.Server> servers) {
        // whoever is fenced does not follow
        var replicas =
                servers.stream().skip(1).filter(server -> !server.fenced()).toList();
        if (replicas.isEmpty() || !master.serves()) {
            return Optional.empty();
        }
        if (replicas.stream().anyMatch(replica -> !replica.inSyncWith(master.address()))) {
            return Optional.of(NOT_IN_SYNC);
        }
        long behind = replicas.stream()
                .mapToLong(replica -> master.offset() - replica.offset())
                .max()
                .getAsLong();
        return Optional.of(behind < UNDER_WAY ? IN_SYNC : quantity(behind));
    }

    private static OfMoves of(Moves moves, Instant at) {
        return new OfMoves(
                moves.keysPerSecond(),
                moves.left().map(at::plus).orElse(null),
                moves.problem().isEmpty() ? null : moves.problem());
    }

    /** As they were written. */
    static Figures written(ClusterStatus status) {
        List<GroupStatus> groups = Optional.ofNullable(status.groups()).orElse(List.of());
        return new Figures(
                groups.stream()
                        .collect(Collectors.toMap(
                                GroupStatus::id,
                                group -> new OfGroup(group.keys(), group.memory(), group.lag()),
                                (first, second) -> second)),
                Optional.ofNullable(status.progress()).map(Figures::written).orElse(OfMoves.NONE),
                Optional.ofNullable(status.measuredAt()).map(Instant::parse).orElse(Instant.EPOCH));
    }

    private static OfMoves written(Progress progress) {
        return new OfMoves(
                progress.keysPerSecond(),
                Optional.ofNullable(progress.eta()).map(Instant::parse).orElse(null),
                progress.problem());
    }

    OfGroup of(int group) {
        return groups.getOrDefault(group, OfGroup.NONE);
    }

    /**
     * What to write: the status as it was, when nothing is worth it.
     *
     * @param report the status with the figures that it is given
     */
    ClusterStatus status(Optional<ClusterStatus> before, Function<Figures, ClusterStatus> report) {
        return before.filter(known ->
                        !news(written(known)) && report.apply(written(known)).equals(known))
                .orElseGet(() -> report.apply(this));
    }

    /** Whether these are worth a write by themselves. */
    boolean news(Figures written) {
        return !at.isBefore(written.at.plus(PAUSE)) && differs(written);
    }

    private boolean differs(Figures written) {
        Map<String, Double> before = written.numbers(at);
        Map<String, Double> now = numbers(at);
        return !now.keySet().equals(before.keySet())
                || now.entrySet().stream().anyMatch(entry -> {
                    double old = before.getOrDefault(entry.getKey(), 0.0);
                    return Math.abs(entry.getValue() - old) > SHARE * Math.abs(old);
                });
    }

    /** By a name; what is not a number is in the name. */
    private Map<String, Double> numbers(Instant now) {
        var numbers = new TreeMap<String, Double>();
        groups.forEach((id, group) -> {
            if (group.keys() != null) {
                numbers.put(id + " keys", (double) group.keys());
            }
            if (group.memory() != null) {
                numbers.put(id + " memory", Math.max(ENGINE_ITSELF, bytes(group.memory())));
            }
            if (group.lag() != null) {
                boolean behind = !List.of(IN_SYNC, NOT_IN_SYNC).contains(group.lag());
                numbers.put(id + " " + (behind ? "lag" : group.lag()), behind ? bytes(group.lag()) : 0);
            }
        });
        if (moves.keysPerSecond() != null) {
            numbers.put("keys/s", (double) moves.keysPerSecond());
        }
        if (moves.eta() != null) {
            numbers.put("left", (double) Duration.between(now, moves.eta()).toSeconds());
        }
        numbers.put("problem " + moves.problem(), 0.0);
        return numbers;
    }

    /** As Kubernetes writes amounts, with three digits: {@code 1.23Gi}. */
    static String quantity(long bytes) {
        int unit = 0;
        double left = bytes;
        while (left >= PER_UNIT && unit < UNITS.size() - 1) {
            left /= PER_UNIT;
            unit++;
        }
        return new BigDecimal(left).round(DIGITS).stripTrailingZeros().toPlainString() + UNITS.get(unit);
    }

    private static double bytes(String quantity) {
        return Quantity.getAmountInBytes(Quantity.parse(quantity)).doubleValue();
    }
}
