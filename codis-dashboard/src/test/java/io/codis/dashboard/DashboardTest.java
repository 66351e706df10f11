package io.codis.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.config.DashboardConfig;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.MemoryCoordinator;
import io.codis.infra.http.ApiClient;
import io.codis.testkit.Ports;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A dashboard's process, from its start to its end. */
class DashboardTest {

    /** Longer than Codis waits for its lock. */
    private static final int SILENT = 20;

    @Test
    void aCoordinatorThatIsAwayAtTheStartIsWaitedFor() {
        String address = "127.0.0.1:" + Ports.free();
        var settings = DashboardConfig.defaults()
                .settings()
                .with(DashboardConfig.ADMIN_ADDR, address)
                .with(DashboardConfig.PRODUCT_NAME, "demo");
        var tries = new AtomicInteger();
        try (var client = ApiClient.create(Duration.ofSeconds(5));
                var dashboard = Dashboard.start(
                        new DashboardConfig(settings), TestDashboard.SECRET, silentAtFirst(tries), "")) {
            await("leads").atMost(Duration.ofSeconds(60)).until(() -> {
                try {
                    client.getBytes("http://" + address + "/topom");
                    return true;
                } catch (CodisException e) {
                    return false;
                }
            });
            assertThat(tries).hasValueGreaterThan(SILENT);
        }
    }

    private static Coordinator silentAtFirst(AtomicInteger tries) {
        var answering = new MemoryCoordinator(new MemoryCoordinator.Store());
        return (Coordinator) Proxy.newProxyInstance(
                Coordinator.class.getClassLoader(), new Class<?>[] {Coordinator.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("tryLead") && tries.incrementAndGet() <= SILENT) {
                        throw new CodisException(Reason.UNAVAILABLE, "the coordinator does not answer");
                    }
                    try {
                        return method.invoke(answering, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
