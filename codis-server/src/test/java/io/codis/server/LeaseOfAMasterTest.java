package io.codis.server;

import static io.codis.server.Refusals.assertStale;
import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.problem.CodisException;
import io.codis.core.wire.ServerState;
import io.codis.core.wire.ServerState.Role;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engines;
import io.codis.testkit.LauncherServer;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Safety rule 13 with real processes and a lease of two seconds. */
class LeaseOfAMasterTest {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final String[] OPTIONS = {"--lease", "2"};
    /** Peers are asked when half of it is over, and a busy machine must be able to answer in the other half. */
    private static final String[] PATIENT = {"--lease", "5"};

    @Test
    void aMasterThatNobodyConfirmsFencesItself() {
        try (var servers = new LauncherFixture()) {
            LauncherServer master = servers.start(Engines.redis7(), OPTIONS);
            LauncherServer gone = servers.add(Engines.redis7(), OPTIONS);
            // the lease counts from a clock that is read after this one, however long the order takes
            long seen = master.state().clock();
            ServerState before = master.master(1, 2, master, gone);

            ServerState fenced = master.await("fenced", state -> state.role() == Role.FENCED);

            assertThat(fenced.clock() - seen).isGreaterThanOrEqualTo(LEASE.toMillis());
            assertThat(fenced.runId()).as("the engine obeyed").isEqualTo(before.runId());
            assertStale(() -> master.lease(1, 2, master.state().clock()));
        }
    }

    @Test
    void theDashboardsConfirmationKeepsAMasterAndAnOldClockDoesNot() {
        try (var servers = new LauncherFixture()) {
            LauncherServer master = servers.start(Engines.redis7(), OPTIONS);
            LauncherServer gone = servers.add(Engines.redis7(), OPTIONS);
            ServerState state = master.master(1, 2, master, gone);
            long begin = state.clock();
            while (state.clock() < begin + 2 * LEASE.toMillis()) {
                state = master.lease(1, 2, state.clock());
                assertThat(state.role()).isEqualTo(Role.MASTER);
            }
            long last = state.clock();

            // the same clock again and again prolongs nothing
            ServerState fenced = master.await("fenced", seen -> {
                try {
                    return master.lease(1, 2, last).role() == Role.FENCED;
                } catch (CodisException refused) {
                    return seen.role() == Role.FENCED;
                }
            });
            assertThat(fenced.clock() - last).isLessThan(3 * LEASE.toMillis());
        }
    }

    @Test
    void aMajorityOfItsPeersKeepsAMasterWithoutADashboardUntilTheyPromise() {
        try (var servers = new LauncherFixture()) {
            LauncherServer master = servers.start(Engines.redis7(), PATIENT);
            LauncherServer peer = servers.start(Engines.redis7(), PATIENT);
            LauncherServer gone = servers.add(Engines.redis7(), PATIENT);
            long begin = master.master(1, 2, master, peer, gone).clock();
            peer.replica(1, 2, master, master, peer, gone);

            ServerState later = master.await("three leases later", s -> s.clock() > begin + 10_000);
            assertThat(later.role()).isEqualTo(Role.MASTER);
            assertThat(peer.state().granted())
                    .as("its last word for the master")
                    .isGreaterThan(begin + 2500);

            long promised = peer.promise(1, 3).clock();
            master.await("fenced", state -> state.role() == Role.FENCED);
            assertThat(peer.state().granted()).as("a refused request is none").isLessThanOrEqualTo(promised);
        }
    }

    @Test
    void theOnlyMemberOfItsGroupNeedsNobodysConfirmation() {
        try (var servers = new LauncherFixture()) {
            LauncherServer master = servers.start(Engines.redis7(), OPTIONS);
            long begin = master.master(1, 2, master).clock();

            ServerState later = master.await("two leases later", s -> s.clock() > begin + 2 * LEASE.toMillis());

            assertThat(later.role()).isEqualTo(Role.MASTER);
        }
    }

    @Test
    void aLauncherThatSleptLongerThanItsLeaseFencesBeforeItTakesALateConfirmation() {
        try (var servers = new LauncherFixture()) {
            LauncherServer master = servers.start(Engines.redis7(), OPTIONS);
            LauncherServer gone = servers.add(Engines.redis7(), OPTIONS);
            long clock = master.master(1, 2, master, gone).clock();
            master.process().freeze();
            long until = System.nanoTime() + LEASE.plusSeconds(1).toNanos();
            Awaitility.await().pollDelay(LEASE.plusSeconds(1)).until(() -> System.nanoTime() > until);

            master.process().thaw();

            assertStale(() -> master.lease(1, 2, clock));
            master.await("fenced", state -> state.role() == Role.FENCED);
        }
    }

    @Test
    void aMasterThatIsStoppedStaysUntilItsGroupHasAnother() {
        try (var servers = new LauncherFixture()) {
            LauncherServer master = servers.start(Engines.redis7());
            LauncherServer peer = servers.start(Engines.redis7());
            master.master(1, 2, master, peer);
            peer.replica(1, 2, master, master, peer);
            peer.await("in sync", ServerState::linkUp);

            ChildProcess.signal(master.process().pid(), "TERM");
            master.await("has given up its role", state -> state.role() == Role.FENCED);
            assertThat(master.promise(1, 3).promised()).isEqualTo(3);
            peer.promise(1, 3);
            peer.master(1, 3, master, peer);
            assertThat(master.state().engine()).isEqualTo(ServerState.Engine.UP);
            master.replica(1, 3, peer, master, peer);

            Awaitility.await("the launcher ends")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !master.process().isAlive());
        }
    }
}
