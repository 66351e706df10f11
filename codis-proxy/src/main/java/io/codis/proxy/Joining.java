package io.codis.proxy;

import io.codis.core.codis3.ProxyStats.BackendHealth;
import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import io.codis.proxy.plane.DataPlane;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings this proxy into its cluster and back into it, for as long as it runs: asks the dashboard to register it, which
 * then calls back with routes. Never gives up; every failure is logged.
 *
 * <p>Asks again when the proxy is not brought online, or when a master refuses its login for a while, which is how an
 * evicted proxy learns of it.
 */
final class Joining implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
    /** The dashboard answers when its own calls to this proxy are done. */
    private static final Duration CALL = Duration.ofSeconds(60);

    /** The dashboard may have to delete this proxy's login at servers that hang. */
    private static final Duration LEAVE = Duration.ofSeconds(5);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** In looks: shorter troubles are the dashboard's own steps. */
    private static final int PATIENCE = 5;

    private final DashboardSource source;
    private final ProxyIdentity identity;
    private final DataPlane plane;
    private final ApiClient client = ApiClient.create(CALL);
    private final Thread thread;

    Joining(DashboardSource source, ProxyIdentity identity, DataPlane plane) {
        this.source = source;
        this.identity = identity;
        this.plane = plane;
        this.thread = Thread.ofVirtual().name("joining").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
        client.close();
    }

    /**
     * Takes the closed proxy out of its cluster, once: where its address does not come back, as a pod's, the next barrier
     * would wait for it in vain.
     */
    void leave() throws InterruptedException {
        thread.interrupt();
        thread.join(LEAVE);
        String token = identity.model().token();
        try {
            String xauth = Xauth.ofDashboard(identity.model().productName());
            client.within(LEAVE)
                    .put("http://" + source.find() + "/api/topom/proxy/remove/" + xauth + "/" + token + "/1");
            LOG.info("event=left token={}", token);
        } catch (CodisException e) {
            LOG.warn(
                    "event=not-left token={} reason={} cause={}",
                    token,
                    e.reason().word(),
                    e.getMessage());
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                join();
                awaitTrouble();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void join() throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                String dashboard = ask();
                LOG.info("event=joined dashboard={} attempt={}", dashboard, attempt);
                return;
            } catch (CodisException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LOG.warn(
                        "event=join-failed attempt={} retry_in={} reason={} cause={}",
                        attempt,
                        pause,
                        e.reason().word(),
                        e.getMessage());
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }

    private String ask() {
        String dashboard = source.find();
        String product = identity.model().productName();
        Topom model = client.get("http://" + dashboard + "/api/topom/model", Topom.class);
        if (!model.productName().equals(product)) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "the dashboard at " + dashboard + " is that of product " + model.productName() + ", not "
                            + product);
        }
        client.put("http://" + dashboard + "/api/topom/proxy/online/" + Xauth.ofDashboard(product) + "/"
                + identity.model().adminAddr());
        return dashboard;
    }

    private void awaitTrouble() throws InterruptedException {
        for (int looks = 0; looks < PATIENCE; ) {
            Thread.sleep(LOOK);
            looks = inTrouble() ? looks + 1 : 0;
        }
        LOG.warn("event=rejoining online={} cause=\"{}\"", plane.online(), refusal());
    }

    private boolean inTrouble() {
        return !plane.online() || !refusal().isEmpty();
    }

    /** What a master said that refused the login, empty if none did. */
    private String refusal() {
        return plane.stats(false).backends().stream()
                .filter(BackendHealth::loginRefused)
                .map(backend -> backend.addr() + ": " + backend.error())
                .findFirst()
                .orElse("");
    }
}
