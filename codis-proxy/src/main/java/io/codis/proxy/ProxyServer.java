package io.codis.proxy;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.codis3.ProxyStats.SentinelStats;
import io.codis.core.config.ProxyConfig;
import io.codis.infra.http.HttpApi;
import io.codis.proxy.plane.DataPlane;
import io.codis.proxy.plane.DataPlaneStats;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running proxy: the data plane, the admin API in front of it, and who it is. Several may run in one JVM.
 *
 * <p>It goes from waiting (only the API's port is open) to online, which only the admin API or {@code --fillslots} does, to closed.
 */
public final class ProxyServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);
    private static final Duration ANSWERS = Duration.ofMillis(500);

    private final ProxyConfig config;
    private final DataPlane plane;
    private final ProcessUsage usage = new ProcessUsage();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ProxyIdentity identity;
    private final HttpApi http;
    private volatile boolean stopping;
    private volatile List<String> sentinels = List.of();

    private ProxyServer(ProxyConfig config, Launch launch, DataPlane plane) {
        this.config = config;
        this.plane = plane;
        AdminApi api = new AdminApi(this);
        this.http = api.start(Listening.address(config.get(ProxyConfig.ADMIN_ADDR)));
        try {
            this.identity = ProxyIdentity.of(
                    config,
                    Advertised.of("--host-proxy", launch.hostProxy(), plane.address()),
                    Advertised.of("--host-admin", launch.hostAdmin(), http.address()));
        } catch (RuntimeException e) {
            http.close(Duration.ZERO);
            throw e;
        }
        api.serve(identity);
    }

    /**
     * What only the command line says.
     *
     * @param hostAdmin advertised in place of the listening address, empty for none
     * @param loops event loops
     */
    public record Launch(String hostAdmin, String hostProxy, int loops) {

        /** Nothing said. */
        public static final Launch DEFAULT = new Launch("", "", 1);
    }

    /** Opens both ports. Throws {@code PortInUse} or {@code InvalidArgument}, with nothing left open. */
    public static ProxyServer start(ProxyConfig config, Launch launch, DataPlane.Opener opener) {
        DataPlane plane = opener.open(Listening.settings(config, launch.loops()));
        try {
            ProxyServer server = new ProxyServer(config, launch, plane);
            LOG.info(
                    "event=listening proxy={} admin={} token={}",
                    server.identity.model().proxyAddr(),
                    server.identity.model().adminAddr(),
                    server.identity.model().token());
            return server;
        } catch (RuntimeException e) {
            plane.close();
            throw e;
        }
    }

    /** Where the admin API listens. */
    public InetSocketAddress adminAddress() {
        return http.address();
    }

    public DataPlane plane() {
        return plane;
    }

    ProxyIdentity identity() {
        return identity;
    }

    ProxyConfig config() {
        return config;
    }

    /** It has begun to close; clients are no longer accepted. */
    boolean closing() {
        return stopping || closing.get();
    }

    void sentinels(List<String> servers) {
        sentinels = List.copyOf(servers);
    }

    /** Whether a client that connects now can use every slot; else why not. */
    String unready() {
        if (closing()) {
            return "closing";
        }
        if (!plane.online()) {
            return "not online: waiting for the dashboard";
        }
        return plane.stats(false).complete() ? "" : "some slots have no server";
    }

    /** @param withRuntime flag 4 of the contract, {@code withCommands} flag 1 */
    ProxyStats stats(boolean withCommands, boolean withRuntime) {
        DataPlaneStats now = plane.stats(withCommands);
        return new ProxyStats(
                plane.online(),
                closing(),
                new SentinelStats(sentinels, Map.of(), false),
                now.ops(),
                now.sessions(),
                usage.usage(),
                new ProxyStats.BackendMode(config.get(ProxyConfig.BACKEND_PRIMARY_ONLY)),
                withRuntime ? ProcessUsage.runtime() : null,
                now.backends(),
                now.movesBroken(),
                now.movesWanted(),
                now.route(),
                plane.online() && now.complete() && !closing());
    }

    /** Waits until {@link #close(Duration)} is done, whoever called it. */
    public void awaitClosed() throws InterruptedException {
        closed.await();
    }

    /** A planned stop: {@link #close(Duration)} with the time that the configuration allows. */
    public void stop() {
        close(config.get(ProxyConfig.PROXY_DRAIN_TIMEOUT).duration());
    }

    /** {@link #stop} on a thread of its own; {@link #closing} from now on. */
    void stopSoon() {
        stopping = true;
        Thread.ofVirtual().name("shutdown").start(this::stop);
    }

    /** Stops accepting clients, lets those there finish what they have sent, up to {@code drain}, then ends all. */
    public void close(Duration drain) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        LOG.info("event=closing drain={}", drain);
        try {
            plane.close(drain);
            // the answer to the request that asked for this may still be on its way
            http.close(ANSWERS);
        } finally {
            closed.countDown();
        }
    }

    /** Closes at once. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
