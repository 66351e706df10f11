package io.codis.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.codis3.Topom;
import io.codis.core.config.ProxyConfig;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Xauth;
import io.codis.infra.coordinator.FileCoordinator;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Response;
import io.codis.infra.json.Json;
import io.codis.proxy.plane.DataPlaneSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JoiningTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<String> registered = new CopyOnWriteArrayList<>();
    private final List<String> removed = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final FakePlane plane = new FakePlane(DataPlaneSettings.defaults(new InetSocketAddress(0)));
    private volatile String product = "codis-demo";
    private HttpApi dashboard;

    @BeforeEach
    void startDashboard() {
        dashboard = HttpApi.builder()
                .get("/api/topom/model", _ -> Response.json(new Topom("t", "now", "a:1", product, 1, "/", "Linux")))
                .put("/api/topom/proxy/online/{xauth}/{addr}", request -> {
                    assertThat(request.param("xauth")).isEqualTo(Xauth.ofDashboard("codis-demo"));
                    if (refusals.getAndDecrement() > 0) {
                        throw new CodisException(Reason.BUSY, "another operation is running");
                    }
                    registered.add(request.param("addr"));
                    plane.goOnline();
                    return Response.ok();
                })
                .put("/api/topom/proxy/remove/{xauth}/{token}/{force}", request -> {
                    assertThat(request.param("xauth")).isEqualTo(Xauth.ofDashboard("codis-demo"));
                    removed.add(request.param("token") + " " + request.param("force"));
                    return Response.ok();
                })
                .start(new InetSocketAddress("127.0.0.1", 0));
    }

    @AfterEach
    void stopDashboard() {
        dashboard.close(Duration.ZERO);
    }

    @Test
    void theDashboardIsAskedWithTheAdvertisedAdminAddress() {
        try (Joining joining = joining(DashboardSource.at(address()))) {
            joining.start();
            await().atMost(LONG).until(() -> registered.contains("10.0.0.9:11080"));
        }
    }

    @Test
    void aRefusalOrAnAbsentDashboardOnlyTakesTime() {
        refusals.set(2);
        AtomicInteger asked = new AtomicInteger();
        DashboardSource moving = () -> asked.getAndIncrement() == 0 ? "127.0.0.1:1" : address();
        try (Joining joining = joining(moving)) {
            joining.start();
            await().atMost(LONG).until(() -> registered.size() == 1);
            assertThat(asked).hasValueGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void theDashboardIsFoundInTheCoordinatorOnceItIsThere(@TempDir Path root) {
        try (Joining joining = joining(DashboardSource.in(root, "codis-demo"));
                FileCoordinator coordinator = FileCoordinator.open(root)) {
            joining.start();
            coordinator.put(
                    "/codis3/codis-demo/topom", Json.write(new Topom("t", "now", address(), product, 1, "/", "Linux")));
            await().atMost(LONG).until(() -> registered.size() == 1);
        }
    }

    @Test
    void aDashboardOfAnotherProductIsNotAskedToRegister() {
        product = "other";
        AtomicInteger asked = new AtomicInteger();
        try (Joining joining = joining(() -> {
            asked.incrementAndGet();
            return address();
        })) {
            joining.start();
            await().atMost(LONG).until(() -> asked.get() >= 3);
            assertThat(registered).isEmpty();
        }
    }

    @Test
    void aProxyWhoseLoginIsRefusedAsksAgain() {
        try (Joining joining = joining(DashboardSource.at(address()))) {
            joining.start();
            await().atMost(LONG).until(() -> registered.size() == 1);

            plane.backends = List.of(new ProxyStats.BackendHealth("m:1", 1, false, 10, 0, true, "WRONGPASS"));
            await().atMost(LONG).until(() -> registered.size() == 2);
        }
    }

    @Test
    void aProxyThatLeavesHasItselfRemoved() throws InterruptedException {
        try (Joining joining = joining(DashboardSource.at(address()))) {
            joining.start();
            await().atMost(LONG).until(() -> registered.size() == 1);

            joining.leave();

            String token = Token.of("codis-demo", "10.0.0.9:19000", "10.0.0.9:11080");
            assertThat(removed).containsExactly(token + " 1");
        }
    }

    private String address() {
        return "127.0.0.1:" + dashboard.port();
    }

    private Joining joining(DashboardSource source) {
        ProxyIdentity identity = ProxyIdentity.of(ProxyConfig.defaults(), "10.0.0.9:19000", "10.0.0.9:11080");
        return new Joining(source, identity, plane);
    }
}
