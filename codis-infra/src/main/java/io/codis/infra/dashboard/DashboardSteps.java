package io.codis.infra.dashboard;

import io.codis.core.plan.MemberId;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.http.ApiClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Carries out the steps of a plan that are calls to the dashboard, or that wait for what it reports. */
public final class DashboardSteps {

    private static final Set<Reason> PASSING =
            EnumSet.of(Reason.UNAVAILABLE, Reason.NOT_READY, Reason.TIMED_OUT, Reason.BUSY);

    /** The answer tells of every slot; while keys move, the processors have better to do than to write it. */
    private static final long LOOK_AT_MOVES_MILLIS = 250;

    private static final Pattern PROMOTING = Pattern.compile("group-\\[(\\d+)] is promoting.*");

    private final DashboardApi dashboard;
    private final Addresses addresses;
    private final Patience patience;

    /** Where the dashboard finds servers and proxies. */
    public interface Addresses {

        /** {@code host:port} of a server. */
        String server(MemberId member);

        /** For people. */
        default String name(MemberId member) {
            return member.toString();
        }

        /** {@code host:port} of a proxy's API. */
        String proxyAdmin(int ordinal);

        /** What people call the server at an address. */
        String name(String address);

        /** Whether the server at an address runs and may still come up by itself; false where that is not known. */
        default boolean starting(String address) {
            return false;
        }

        /** How a person calls {@code codis} with these arguments for this cluster. */
        String codis(String arguments);
    }

    /**
     * How long to wait for what; with zero a condition is looked at once.
     *
     * @param start for a process to serve
     * @param sync for a replica's first copy of the data
     * @param stalled moves may take hours; what ends the wait is that nothing moves any more
     * @param stop for the last keys to go
     */
    public record Patience(Duration start, Duration sync, Duration stalled, Duration stop) {

        /** Looks once: for who comes back by himself. */
        public static final Patience NONE = new Patience(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    public DashboardSteps(DashboardApi dashboard, Addresses addresses, Patience patience) {
        this.dashboard = dashboard;
        this.addresses = addresses;
        this.patience = patience;
    }

    /** As {@link io.codis.core.plan.ClusterDriver#apply}. */
    public void apply(Step.ForDashboard step) {
        try {
            ask(step);
        } catch (CodisException e) {
            throw ApiClient.isRemote(e) ? inPlainWords(e) : e;
        }
    }

    /** Who waits for a cluster need not know the words of the dashboard's API. */
    private static CodisException inPlainWords(CodisException e) {
        String said = String.valueOf(e.getMessage());
        Matcher promoting = PROMOTING.matcher(said);
        if (e.reason() == Reason.BUSY && promoting.matches()) {
            return new CodisException(Reason.BUSY, "group " + promoting.group(1) + ": a new master is being made", e);
        }
        return e.reason() == Reason.NOT_READY && said.startsWith(DashboardApi.NOT_ONLINE)
                ? new CodisException(Reason.NOT_READY, "waiting until the dashboard leads", e)
                : e;
    }

    private void ask(Step.ForDashboard step) {
        switch (step) {
            case Step.AwaitDashboard() -> awaitDashboard();
            case Step.CreateGroup(int group) -> dashboard.createGroup(group);
            case Step.AddServer(MemberId member) -> addServer(member);
            case Step.AwaitInSync(int group) -> awaitInSync(group);
            case Step.AwaitProxy(int ordinal) -> awaitProxy(ordinal);
            case Step.Rebalance() -> dashboard.rebalance(true);
            case Step.AwaitMoves() -> awaitMoves();
            case Step.Drain drain -> dashboard.drain(drain.groups());
            case Step.VerifyEmpty(int group) -> verifyEmpty(group);
            case Step.SwitchOver(MemberId to) -> switchOver(to);
            case Step.RemoveServer(MemberId member) -> dashboard.removeServer(member.group(), addresses.server(member));
            case Step.RemoveGroup(int group) -> dashboard.removeGroup(group);
        }
    }

    private void awaitDashboard() {
        try {
            await("the dashboard leads", patience.start(), view -> view);
        } catch (CodisException e) {
            String why = dashboard.hindrance();
            throw why.isEmpty() ? e : new CodisException(e.reason(), e.getMessage() + ": " + why, e);
        }
    }

    /** The launcher may still be starting, or the group get its master; the dashboard then refuses for a while. */
    private void addServer(MemberId member) {
        Deadline deadline = Deadline.in(patience.start());
        while (true) {
            try {
                dashboard.addServer(member.group(), addresses.server(member));
                return;
            } catch (CodisException e) {
                if (!PASSING.contains(e.reason()) || !deadline.pause()) {
                    Optional<String> lost = dashboard
                            .view()
                            .flatMap(DashboardView::lostMap)
                            .map(notice -> DashboardView.inWords(notice, addresses::name, addresses::codis));
                    if (lost.isPresent()) {
                        throw new CodisException(Reason.COORDINATOR_LOST, lost.get(), e);
                    }
                    throw isSilent(member, e)
                            ? new CodisException(
                                    e.reason(),
                                    "group " + member.group() + ": " + addresses.name(member) + " does not answer yet",
                                    e)
                            : e;
                }
            }
        }
    }

    /** By what the dashboard says of its launcher. */
    private boolean isSilent(MemberId member, CodisException e) {
        return e.reason() != Reason.BUSY
                && ApiClient.isRemote(e)
                && String.valueOf(e.getMessage()).startsWith("server@" + addresses.server(member) + " ");
    }

    /** Until the group has a serving master and every other member is in sync with it; that a person must decide ends it. */
    private void awaitInSync(int id) {
        Deadline deadline = Deadline.in(patience.sync());
        while (true) {
            Optional<DashboardView> view = dashboard.view();
            if (view.filter(known -> inSync(known, id)).isPresent()) {
                return;
            }
            Optional<DashboardView.Notice> why = view.flatMap(known -> known.standstill(id));
            Optional<String> starting = why.flatMap(this::starting);
            String text = starting.or(
                            () -> why.map(notice -> DashboardView.inWords(notice, addresses::name, addresses::codis)))
                    .orElse("");
            if (starting.isEmpty()
                    && why.filter(notice -> notice.reason() != Reason.NOT_READY).isPresent()) {
                throw new CodisException(why.get().reason(), text);
            }
            if (!deadline.pause()) {
                String what = "all of group " + id + " are in sync";
                throw timedOut(patience.sync(), text.isEmpty() ? what : what + "; " + text);
            }
        }
    }

    /** Nobody has to give up what a server has that is only slow to start. */
    private Optional<String> starting(DashboardView.Notice why) {
        List<String> starting = why.reason() != Reason.NEEDS_DECISION
                ? List.of()
                : DashboardView.unheard(why).stream()
                        .filter(addresses::starting)
                        .map(addresses::name)
                        .toList();
        return starting.isEmpty()
                ? Optional.empty()
                : Optional.of(DashboardView.inWords(why, addresses::name) + "; " + String.join(", ", starting)
                        + (starting.size() == 1 ? " runs and is still starting" : " run and are still starting")
                        + "; wait for it");
    }

    private static boolean inSync(DashboardView view, int id) {
        Optional<DashboardView.Group> group = view.group(id);
        Optional<DashboardView.Server> master = group.flatMap(DashboardView.Group::master);
        return master.filter(DashboardView.Server::serves).isPresent()
                && group.orElseThrow().servers().stream()
                        .skip(1)
                        .allMatch(server -> server.fenced()
                                || server.inSyncWith(master.get().address()));
    }

    private void awaitProxy(int ordinal) {
        String address = addresses.proxyAdmin(ordinal);
        await(
                "proxy-" + ordinal + " serves",
                patience.start(),
                view -> view.flatMap(known -> known.proxyAt(address)).filter(DashboardView.Proxy::online));
    }

    private void awaitMoves() {
        Deadline deadline = Deadline.in(patience.stalled());
        int left = Integer.MAX_VALUE;
        String doing = "slots may still move";
        String progress = "";
        while (true) {
            Optional<DashboardView> view = dashboard.view();
            if (view.isPresent()) {
                int moving = view.get().moving();
                if (moving == 0) {
                    return;
                }
                if (moving < left || !view.get().moves().status().equals(progress)) {
                    deadline = Deadline.in(patience.stalled());
                }
                left = moving;
                doing = moving + (view.get().assigning() == moving ? " slots are being assigned" : " slots still move");
                progress = view.get().moves().status();
            }
            if (!deadline.pause(LOOK_AT_MOVES_MILLIS)) {
                throw stalled(doing, progress);
            }
        }
    }

    private CodisException stalled(String moving, String progress) {
        if (patience.stalled().isZero()) {
            // who looks again and again tells of the progress by itself
            return new CodisException(Reason.TIMED_OUT, moving);
        }
        String since = " and nothing changed for " + patience.stalled().toSeconds() + " s";
        return new CodisException(Reason.TIMED_OUT, moving + since + (progress.isEmpty() ? "" : ": " + progress));
    }

    /** Refuses unless the group owns no slot and its master holds no key. */
    private void verifyEmpty(int id) {
        DashboardView view = dashboard
                .view()
                .orElseThrow(() -> new CodisException(Reason.UNAVAILABLE, "the dashboard does not answer"));
        long slots = view.owned(id)
                + Arrays.stream(view.targets()).filter(target -> target == id).count();
        if (slots > 0) {
            throw new CodisException(Reason.BUSY, "group " + id + " still owns " + slots + " slots");
        }
        // Stats are up to a second old: the last keys are removed with the last slot.
        await(
                "group " + id + " holds no key",
                patience.stop(),
                answer -> answer.flatMap(known -> known.group(id))
                        .filter(group ->
                                group.master().map(DashboardView.Server::keys).orElse(0L) == 0));
    }

    private void switchOver(MemberId to) {
        String address = addresses.server(to);
        dashboard.promote(to.group(), address);
        await(
                addresses.name(to) + " is the master",
                patience.start(),
                view -> view.flatMap(known -> known.group(to.group()))
                        .filter(group -> !group.promoting())
                        .flatMap(DashboardView.Group::master)
                        .filter(master -> master.address().equals(address) && master.serves()));
    }

    /** Polls the dashboard until {@code condition} gives something. */
    private <T> T await(String what, Duration limit, Function<Optional<DashboardView>, Optional<T>> condition) {
        Deadline deadline = Deadline.in(limit);
        while (true) {
            Optional<T> result = condition.apply(dashboard.view());
            if (result.isPresent()) {
                return result.get();
            }
            if (!deadline.pause()) {
                throw timedOut(limit, what);
            }
        }
    }

    private static CodisException timedOut(Duration limit, String what) {
        String waited = limit.isZero() ? "waiting until " : "waited " + limit.toSeconds() + " s until ";
        return new CodisException(Reason.TIMED_OUT, waited + what);
    }
}
