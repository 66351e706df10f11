package io.codis.dashboard;

import io.codis.core.codis3.Topom;
import io.codis.core.config.DashboardConfig;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.dashboard.migration.MoveSettings;
import io.codis.dashboard.rest.Control;
import io.codis.dashboard.rest.Forwarding;
import io.codis.dashboard.rest.TopomApi;
import io.codis.dashboard.store.KnownLeader;
import io.codis.dashboard.store.Leadership;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.http.HttpApi;
import io.codis.infra.secret.ClusterSecret;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One dashboard process: its HTTP API from the start, its loops while it leads, and its end when it is told to. Whoever does
 * not lead, or not any more, waits until nobody else does, and passes requests on to the one that leads.
 */
public final class Dashboard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);

    /** As long as Codis waits for its lock: 17 tries. */
    private static final int FOREIGN_TRIES = 17;

    private static final Duration FOREIGN_PAUSE = Duration.ofSeconds(2);
    /** While the coordinator does not answer, in which time the lease may end. */
    private static final Duration SILENT_PAUSE = Duration.ofMillis(500);

    private final DashboardConfig config;
    private final ClusterSecret secret;
    private final Coordinator coordinator;
    private final Forwarding forwarding;
    private final HttpApi api;
    private final Topom self;
    /** Why this dashboard does not lead though nobody else may; empty if the lease is taken. */
    private volatile String hindrance = "";

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("leadership").unstarted(this::run);

    private volatile @Nullable LeadingDashboard leading;
    private volatile @Nullable CodisException failure;
    private volatile boolean closing;

    private Dashboard(DashboardConfig config, ClusterSecret secret, Coordinator coordinator, String hostAdmin) {
        this.config = config;
        this.secret = secret;
        this.coordinator = coordinator;
        InetSocketAddress wanted = Advertised.listening(config.get(DashboardConfig.ADMIN_ADDR));
        this.self = model(config, hostAdmin, wanted);
        var leader = new KnownLeader(coordinator, self.productName());
        this.forwarding = new Forwarding(self.adminAddr(), leader::address, () -> hindrance);
        this.api = new TopomApi(self, config.json(), this::control, forwarding, this::end)
                .routes()
                .start(wanted);
        LOG.info("event=listening addr={} advertised={}", wanted, self.adminAddr());
    }

    /**
     * Opens the API and begins to seek leadership.
     *
     * @param hostAdmin address to advertise, empty for the listening one
     */
    public static Dashboard start(
            DashboardConfig config, ClusterSecret secret, Coordinator coordinator, String hostAdmin) {
        var dashboard = new Dashboard(config, secret, coordinator, hostAdmin);
        dashboard.thread.start();
        return dashboard;
    }

    /** The port of the API. */
    public int port() {
        return api.port();
    }

    /** Waits for the end; the problem that caused it, if it was one. */
    public Optional<CodisException> awaitEnd() throws InterruptedException {
        ended.await();
        return Optional.ofNullable(failure);
    }

    /** Gives leadership back and closes the API. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LeadingDashboard present = leading;
        leading = null;
        if (present != null) {
            present.close();
        }
        forwarding.close();
        api.close(Duration.ofMillis(500));
        coordinator.close();
        ended.countDown();
    }

    private Optional<Control> control() {
        return Optional.ofNullable(leading).map(LeadingDashboard::control);
    }

    private void end() {
        ended.countDown();
    }

    private void run() {
        try {
            while (true) {
                var again = new CountDownLatch(1);
                Leadership leadership = seek();
                leadership.state().onDeposed(again::countDown);
                var moves = new MoveSettings(
                        config.get(DashboardConfig.MIGRATION_PARALLEL_SLOTS),
                        leadership.turnedMoves(),
                        leadership::keep);
                var present = new LeadingDashboard(leadership, config, secret, moves, again::countDown);
                leading = present;
                forwarding.close();
                again.await();
                leading = null;
                present.close();
            }
        } catch (InterruptedException e) {
            // closing
        } catch (CodisException e) {
            fail(e);
        } catch (RuntimeException e) {
            LOG.error("event=failed", e);
            fail(new CodisException(Reason.INTERNAL, String.valueOf(e.getMessage()), e));
        }
    }

    /**
     * Gives up only beside a dashboard of Codis that goes on leading, as Codis does, and on what no time mends. A coordinator
     * that does not answer is away for a while: a new process would only have to wait for it again.
     */
    private Leadership seek() throws InterruptedException {
        String said = "";
        int foreign = 1;
        while (true) {
            String cause = "the lease is taken";
            Level level = Level.INFO;
            Duration pause = SILENT_PAUSE;
            try {
                Optional<Leadership> taken = Leadership.tryTake(coordinator, self);
                hindrance = "";
                if (taken.isPresent()) {
                    return taken.get();
                }
                pause = Leadership.pause(coordinator, self);
            } catch (CodisException e) {
                boolean busy = e.reason() == Reason.BUSY;
                if (e.reason() == Reason.INVALID_ARGUMENT || busy && foreign++ >= FOREIGN_TRIES) {
                    throw e;
                }
                if (busy) {
                    pause = FOREIGN_PAUSE;
                }
                cause = e.reason().word() + ": " + e.getMessage();
                level = Level.WARN;
                hindrance = cause;
            }
            if (!cause.equals(said)) {
                said = cause;
                LOG.atLevel(level).log("event=following cause=\"{}\"", cause);
            }
            Thread.sleep(pause);
        }
    }

    private void fail(CodisException e) {
        if (!closing) {
            failure = e;
            ended.countDown();
        }
    }

    private static Topom model(DashboardConfig config, String hostAdmin, InetSocketAddress listening) {
        String product = config.get(DashboardConfig.PRODUCT_NAME);
        String admin = Advertised.of(hostAdmin, listening);
        String host = hostname();
        return new Topom(
                token(product, admin),
                Instant.now().toString(),
                admin,
                product,
                (int) ProcessHandle.current().pid(),
                Path.of("").toAbsolutePath().toString(),
                System.getProperty("os.name") + " " + host + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch") + " java " + Runtime.version());
    }

    /** Opaque to everybody else; the same after a restart at the same address. */
    private static String token(String product, String admin) {
        try {
            byte[] text = ("Codis-Token@[]-{" + product + "}-{" + admin + "}").getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
