package io.codis.dashboard.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.codis.core.problem.CodisException;
import io.codis.core.topology.Admission;
import io.codis.core.topology.SlotCommand;
import io.codis.core.topology.SlotStep;
import io.codis.core.wire.RouteTable;
import io.codis.dashboard.TestDashboard;
import io.codis.dashboard.TestProxy;
import io.codis.dashboard.TestServer;
import io.codis.dashboard.migration.Interruption;
import io.codis.infra.coordinator.MemoryCoordinator;
import io.codis.testkit.Engines;
import io.codis.testkit.resp.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyFleetTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final MemoryCoordinator.Store store = new MemoryCoordinator.Store();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void aProxyIsStartedOnlyAfterItsLoginIsOnAtTheMasters() {
        TestServer one = server();
        TestDashboard dashboard = dashboard();
        dashboard.addGroup(1, one);
        dashboard.assignAll(1);
        TestProxy proxy = proxy("a");

        dashboard.addProxy(proxy);

        await().atMost(PATIENCE).until(proxy::online);
        var login = proxy.table().credentials();
        assertThat(one.users("proxy-")).containsExactly(login.user());
        assertThat(loggedIn(one, login.user(), login.password(), "SET", "k", "v"))
                .isEqualTo(new Reply.Status("OK"));
        assertThat(proxy.table().slots()).containsExactly(new RouteTable.SlotRoute(0, 1023, 1, 0, false));
    }

    @Test
    void aProxysLoginChangesDataButNeitherServersNorOtherUsers() {
        TestServer one = server();
        TestDashboard dashboard = dashboard();
        dashboard.addGroup(1, one);
        TestProxy proxy = proxy("a");
        dashboard.addProxy(proxy);
        await().atMost(PATIENCE).until(proxy::online);
        var login = proxy.table().credentials();

        for (String[] allowed : new String[][] {
            {"SET", "k", "v"},
            {"EVAL", "return 1", "0"},
            {"INFO"},
            {"WAIT", "0", "1"},
            {"CLIENT", "ID"},
            {"SORT", "l"},
            {"CLIENT", "KILL", "ID", "999999"},
            {"MIGRATE", "127.0.0.1", "1", "none", "0", "1"},
            {"KEYS", "none"},
            {"EXISTS", "k"},
            {"UNLINK", "k"},
            {"SELECT", "0"},
            {"DBSIZE"},
            {"SCAN", "0"},
            {"PUBLISH", "c", "m"}
        }) {
            assertThat(loggedIn(one, login.user(), login.password(), allowed))
                    .as(String.join(" ", allowed))
                    .isNotInstanceOf(Reply.Failure.class);
        }
        for (String[] refused : new String[][] {
            {"CONFIG", "GET", "*"},
            {"REPLICAOF", "NO", "ONE"},
            {"ACL", "LIST"},
            {"SHUTDOWN"},
            {"CLIENT", "PAUSE", "1"},
            {"SAVE"},
            {"MONITOR"},
            {"SWAPDB", "0", "1"},
            {"MODULE", "LIST"},
            {"FAILOVER"}
        }) {
            assertThat(loggedIn(one, login.user(), login.password(), refused))
                    .as(String.join(" ", refused))
                    .isInstanceOfSatisfying(
                            Reply.Failure.class, f -> assertThat(f.text()).startsWith("NOPERM"));
        }
    }

    /** Safety rule 11: the eviction is stored, and the login is gone at both masters, before the barrier ends. */
    @Test
    void aProxyThatDoesNotConfirmALockLosesItsLoginBeforeTheBarrierEnds() {
        TestServer one = server();
        TestServer two = server();
        TestDashboard dashboard = dashboard();
        dashboard.addGroup(1, one);
        dashboard.addGroup(2, two);
        dashboard.assignAll(1);
        TestProxy good = proxy("good");
        TestProxy bad = proxy("bad");
        dashboard.addProxy(good);
        dashboard.addProxy(bad);
        await().atMost(PATIENCE).until(() -> good.online() && bad.online());
        dashboard.settings().disabled(true);
        dashboard.state().commit(new SlotCommand.CreateMove(5, 2));
        String lost = bad.table().credentials().user();
        bad.mute(true);

        dashboard.fleet().pass(new SlotStep(SlotStep.Step.PREPARE, List.of(5)), List.of(one.address(), two.address()));

        assertThat(dashboard.state().topology().proxy("bad").admission()).isInstanceOf(Admission.Evicted.class);
        assertThat(one.users(lost)).isEmpty();
        assertThat(two.users(lost)).isEmpty();
        assertThat(good.table().slots()).anyMatch(s -> s.from() == 5 && s.to() == 5 && s.locked());
    }

    @Test
    void anEvictedProxyThatAnswersAgainGetsAnotherLogin() {
        TestServer one = server();
        TestDashboard dashboard = dashboard();
        dashboard.addGroup(1, one);
        dashboard.assignAll(1);
        TestProxy proxy = proxy("a");
        dashboard.addProxy(proxy);
        await().atMost(PATIENCE).until(proxy::online);
        String first = proxy.table().credentials().user();
        proxy.mute(true);
        dashboard.fleet().evict(dashboard.state().topology().proxy("a"));
        assertThat(one.users("proxy-")).isEmpty();

        proxy.mute(false);

        await().atMost(PATIENCE).until(() -> one.users("proxy-").size() == 1);
        await().atMost(PATIENCE)
                .until(() -> one.users("proxy-")
                        .equals(List.of(proxy.table().credentials().user())));
        assertThat(one.users("proxy-")).doesNotContain(first);
    }

    @Test
    void aBarrierThatCannotReachAMasterDoesNotPass() {
        TestServer one = server();
        TestDashboard dashboard = dashboard();
        dashboard.addGroup(1, one);
        dashboard.assignAll(1);
        one.redis().freeze();
        try {
            assertThatThrownBy(() -> dashboard.fleet().pass(List.of(one.address())))
                    .isInstanceOf(CodisException.class);
        } finally {
            one.redis().thaw();
        }
    }

    @Test
    void aLoginThatTheTopologyDoesNotNameIsDeleted() {
        TestServer one = server();
        TestDashboard dashboard = dashboard();
        dashboard.addGroup(1, one);
        one.call("ACL", "SETUSER", "proxy-9-9", "on", "nopass", "~*", "+@all").text();
        one.call("ACL", "SETUSER", "mig-9-9", "on", "nopass", "~*", "+@all").text();

        dashboard.fleet().reconcile(one.address());

        assertThat(one.users("proxy-")).isEmpty();
        assertThat(one.users("mig-")).isEmpty();
    }

    private static Reply loggedIn(TestServer server, String user, String password, String... words) {
        try (var connection = server.redis().connect()) {
            connection.call("AUTH", user, password).text();
            return connection.call(words);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private TestServer server() {
        TestServer server = TestServer.start(Engines.redis7(), Map.of(), TestDashboard.SECRET);
        open.add(server);
        return server;
    }

    private TestProxy proxy(String token) {
        var proxy = new TestProxy(token);
        open.add(proxy);
        return proxy;
    }

    private TestDashboard dashboard() {
        var dashboard = new TestDashboard(store, Interruption.NONE);
        open.add(dashboard);
        return dashboard;
    }
}
