package io.codis.dashboard.migration;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Looks at both sides of a move before it begins; whatever speaks against it becomes a condition, and the slot waits. */
final class Examination {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration HOLDS = Duration.ofMinutes(10);

    private final MoveTools tools;
    private final SlotBatch batch;
    private final Leftovers leftovers;

    /** @param leftovers locked for the targets */
    Examination(MoveTools tools, SlotBatch batch, Leftovers leftovers) {
        this.leftovers = leftovers;
        this.tools = tools;
        this.batch = batch;
    }

    /**
     * What holds until a server of the move is another process, and for {@link #HOLDS}: the room at the targets shrinks.
     *
     * @param movable slots without an objection
     * @param runs by server, the process that was looked at
     * @param at of the monotonic clock, nanoseconds
     */
    record Result(SlotBatch batch, Survey survey, TreeSet<Integer> movable, Map<String, String> runs, long at) {

        /** Whether all of these slots were looked at, and it holds for them. */
        boolean holdsFor(SlotBatch slots, UnaryOperator<String> runId) {
            return youngerThan(HOLDS)
                    && slots.slots().stream().allMatch(slot -> slots.target(slot) == batch.target(slot))
                    && slots.masters().stream()
                            .allMatch(server -> runId.apply(server).equals(runs.get(server)));
        }

        boolean youngerThan(Duration age) {
            return System.nanoTime() - at < age.toNanos();
        }
    }

    /** @param names of the keys of slots that move first */
    Result run(KeyIndex names) throws InterruptedException {
        long at = System.nanoTime();
        var movable = new TreeSet<>(batch.slots());
        var runs = new HashMap<String, String>();
        batch.masters().forEach(server -> runs.put(server, runId(server)));
        try (var source = open(batch.sourceServer())) {
            Survey survey = Survey.of(source, batch, tools.clients(), names);
            withoutTooBig(survey, movable);
            for (Map.Entry<Integer, String> target : batch.targetServers().entrySet()) {
                checkTarget(source, survey, target.getKey(), movable);
            }
            return new Result(batch, survey, movable, runs, at);
        }
    }

    private void checkTarget(DbConnection source, Survey survey, int group, TreeSet<Integer> movable)
            throws InterruptedException {
        String object = "group-[" + group + "]";
        try (var target = open(batch.targetServer(group))) {
            long bytes = survey.bytesByTarget().getOrDefault(group, 0L);
            var lack = TargetFit.lack(source.raw(), target.raw(), bytes, survey.databases());
            if (lack.isPresent()) {
                movable.removeIf(slot -> batch.target(slot) == group);
                tools.conditions()
                        .set(
                                Reason.TARGET_UNFIT,
                                object,
                                "server " + batch.targetServer(group) + " cannot take the slots: " + lack.get());
            } else {
                tools.conditions().clear(Reason.TARGET_UNFIT, object);
            }
            var foreign = new TreeSet<>(Survey.present(target, batch, group));
            foreign.removeAll(leftovers.sweep(group, foreign));
            withoutForeign(foreign, object, movable);
        }
    }

    private void withoutForeign(TreeSet<Integer> foreign, String object, TreeSet<Integer> movable) {
        if (foreign.isEmpty()) {
            tools.conditions().clear(Reason.FOREIGN_KEYS, object);
            return;
        }
        movable.removeAll(foreign);
        tools.conditions()
                .set(
                        Reason.FOREIGN_KEYS,
                        object,
                        "its master holds keys of slots " + foreign
                                + ", which it does not own; look at them and remove them"
                                + " there, then the slots move");
    }

    private void withoutTooBig(Survey survey, TreeSet<Integer> movable) {
        String object = "group-[" + batch.source() + "]";
        if (survey.tooBig().isEmpty()) {
            tools.conditions().clear(Reason.BIG_KEY, object);
            return;
        }
        movable.removeAll(survey.tooBig().keySet());
        tools.conditions()
                .set(
                        Reason.BIG_KEY,
                        object,
                        "slots " + survey.tooBig().keySet() + " do not move, since an engine takes no key above "
                                + (Survey.TOO_BIG >> 20) + " MiB: "
                                + String.join(", ", survey.tooBig().values()));
    }

    String runId(String server) {
        try (var engine = open(server)) {
            return Leftovers.runId(engine.raw());
        }
    }

    private DbConnection open(String server) {
        try {
            return new DbConnection(tools.engines().open(server, TIMEOUT));
        } catch (CodisException e) {
            throw new CodisException(e.reason(), "before the move of slots: " + e.getMessage(), e);
        }
    }
}
