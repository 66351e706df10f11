package io.codis.server;

import io.codis.core.wire.Credentials;
import io.codis.infra.http.ApiClient;
import io.codis.infra.http.HttpApi;
import io.codis.infra.secret.ClusterSecret;
import io.codis.server.config.LauncherConfig;
import io.codis.server.engine.EngineConfig;
import io.codis.server.engine.EngineControl;
import io.codis.server.engine.EngineRun;
import io.codis.server.engine.EngineSupervisor;
import io.codis.server.engine.EngineWatch;
import io.codis.server.engine.SettingsKeeper;
import io.codis.server.identity.IdentityFile;
import io.codis.server.identity.Volume;
import io.codis.server.role.RoleKeeper;
import io.codis.server.role.RoleState;
import io.codis.server.role.RoleTicker;
import io.codis.server.role.Succession;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One engine, its volume and its role: all parts of the launcher put together. */
final class Launcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);
    private static final Duration PEER_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final LauncherConfig config;
    private final Volume volume;
    private final EngineSupervisor supervisor;
    private final EngineControl control;
    private final EngineWatch watch;
    private final SettingsKeeper settings;
    private final RoleTicker ticker;
    private final RoleKeeper keeper;
    private final RoleState state;
    private final Succession succession;
    private final ApiClient peers;
    private final HttpApi api;

    /** Opens the volume and listens; the engine is started by {@link #run}. */
    Launcher(LauncherConfig config) {
        this.config = config;
        var secret = ClusterSecret.load(config.secretFile());
        volume = Volume.open(config.dir());
        var identity = IdentityFile.open(config.dir(), secret.derive("cluster").substring(0, 16), config.address());
        var login = new Credentials("launcher", secret.derive("launcher-" + config.address()));
        supervisor = EngineSupervisor.of(
                config, new EngineConfig.Users(login, login("exporter", secret), login("backup", secret)));
        control = new EngineControl(config.localAddress(), login);
        watch = new EngineWatch(supervisor, control);
        succession = new Succession(identity, config.dashboardWait());
        settings = new SettingsKeeper(config, control, watch);
        state = new RoleState(identity, volume, supervisor, control, watch, settings, config);
        peers = ApiClient.create(PEER_TIMEOUT, secret.derive("api"));
        ticker = RoleTicker.of(state, watch, identity, peers, config.apiAddress());
        keeper = new RoleKeeper(secret, identity, control, watch, settings, state);
        api = new ServerApi(keeper, state, succession, Set.of(config.address(), config.apiAddress()))
                .routes()
                .bearerToken(secret.derive("api"))
                .start(new InetSocketAddress(config.apiHost(), config.apiPort()));
    }

    private static Credentials login(String user, ClusterSecret secret) {
        return new Credentials(user, secret.derive(user));
    }

    /** Runs engines until {@link #stop}. Only for the main thread, see {@link EngineSupervisor}. */
    void run() {
        LOG.info("server {} dir={} engine={}", config.address(), config.dir(), config.engine());
        config.settings().notes().forEach(LOG::info);
        watch.start();
        settings.start();
        ticker.start();
        supervisor.run();
    }

    /**
     * Ends the engine in good order: another master where there can be one, then no more writes, replicas get the rest, the
     * last offset on disk, its end.
     */
    void stop() {
        supervisor.stop();
        EngineRun run = supervisor.current();
        if (run != null) {
            long told = System.nanoTime();
            state.leave();
            boolean replaceable = state.replaceable();
            boolean heard = replaceable && succession.await(told);
            boolean stillMaster = state.replaceable();
            keeper.retire(config.stop());
            if (heard && stillMaster) {
                succession.await(System.nanoTime());
            }
            if (replaceable) {
                // the order that ended the wait is carried out and answered
                api.close(PEER_TIMEOUT);
            }
            ticker.close();
            control.shutdown(config.stop());
            if (!run.awaitEnd(Duration.ofSeconds(1))) {
                LOG.warn("engine does not end and is killed pid={}", run.pid());
                run.kill();
            }
            run.awaitOutput(LAST_WORDS);
        }
        LOG.info("stopped");
    }

    @Override
    public void close() {
        api.close(Duration.ZERO);
        ticker.close();
        settings.close();
        watch.close();
        peers.close();
        volume.close();
    }
}
