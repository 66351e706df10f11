package io.codis.dashboard;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.config.DashboardConfig;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Admission;
import io.codis.core.topology.ProxyCommand;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.ProxyModel;
import io.codis.core.topology.Topology;
import io.codis.core.wire.TakenSettings;
import io.codis.dashboard.identity.LostCluster;
import io.codis.dashboard.identity.ToldMaps;
import io.codis.dashboard.migration.Durability;
import io.codis.dashboard.migration.Interruption;
import io.codis.dashboard.migration.MoveSettings;
import io.codis.dashboard.migration.MoveTools;
import io.codis.dashboard.migration.Mover;
import io.codis.dashboard.proxy.ProxyClient;
import io.codis.dashboard.proxy.ProxyFleet;
import io.codis.dashboard.rest.Control;
import io.codis.dashboard.role.Notices;
import io.codis.dashboard.role.RoleEnvironment;
import io.codis.dashboard.role.RoleTimes;
import io.codis.dashboard.role.Roles;
import io.codis.dashboard.server.ControlLogins;
import io.codis.dashboard.server.LauncherClient;
import io.codis.dashboard.stats.Conditions;
import io.codis.dashboard.stats.ProxyWatch;
import io.codis.dashboard.stats.ServerWatch;
import io.codis.dashboard.store.ClusterState;
import io.codis.dashboard.store.Leadership;
import io.codis.infra.secret.ClusterSecret;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All loops of a dashboard that leads, from the moment it does. */
final class LeadingDashboard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeadingDashboard.class);
    private static final Duration LAUNCHER = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LOOK_WHILE_MOVING = Duration.ofMillis(200);

    /** Below it, requests are health checks and pages, and the mover may use the servers alone. */
    private static final long CLIENTS_QPS = 50;

    private final Leadership leadership;
    private final LauncherClient launchers;
    private final ProxyClient proxies;
    private final ToldMaps maps;
    private final ProxyFleet fleet;
    private final Mover mover;
    private final Roles roles;
    private final ServerWatch servers;
    private final ProxyWatch proxyWatch;
    private final Conditions conditions = new Conditions(InstantSource.system());
    private final Map<String, TakenSettings> liveSettings = new ConcurrentHashMap<>();
    private final Control control;

    /** @param again called when the topology was replaced and is to be led anew */
    LeadingDashboard(
            Leadership leadership,
            DashboardConfig config,
            ClusterSecret secret,
            MoveSettings settings,
            Runnable again) {
        this.leadership = leadership;
        ClusterState state = leadership.state();
        Duration confirm = config.get(DashboardConfig.PROXY_CONFIRM_TIMEOUT).duration();
        launchers = LauncherClient.create(secret, LAUNCHER);
        var engines = new ControlLogins(launchers, secret, state.leaderEpoch());
        proxies = new ProxyClient(
                config.get(DashboardConfig.PRODUCT_NAME), config.get(DashboardConfig.PRODUCT_AUTH), confirm);
        maps = new ToldMaps(state, launchers);
        var lost = new LostCluster(state, launchers.within(LOOK), conditions, topology -> {
            leadership.replace(topology);
            again.run();
        });
        fleet = new ProxyFleet(state, proxies, engines, secret, confirm);
        var durability = new Durability(state, engines);
        mover = new Mover(
                new MoveTools(
                        state, engines, secret, settings, conditions, maps, this::clientsActive, Interruption.NONE),
                fleet,
                durability);
        var look = proxies.within(LOOK);
        proxyWatch = new ProxyWatch(
                state, look, () -> mover.moving() ? LOOK_WHILE_MOVING : LOOK, this::heard, InstantSource.system());
        servers = new ServerWatch(state, engines, this::trouble, InstantSource.system());
        state.onChange(this::noteEvictions);
        fleet.start();
        roles = Roles.start(new RoleEnvironment(
                state,
                new RoleEnvironment.Servers(launchers, engines, maps, lost::found),
                new RoleEnvironment.Proxies(
                        fleet,
                        (gid, server) -> {
                            durability.reconcile(gid, server);
                            fleet.prepare(gid, server);
                        },
                        fleet::awaitConfirmed,
                        proxyWatch::answersProxies),
                notices(),
                RoleTimes.of(
                        config.get(DashboardConfig.MASTER_LEASE).duration(),
                        config.get(DashboardConfig.FAILOVER_AFTER).duration())));
        mover.start();
        maps.start();
        control = new Control(
                state,
                roles,
                new Control.Moves(mover, settings),
                new Control.Fleet(fleet, proxies, launchers, engines),
                new Control.Identities(maps, lost),
                new Control.Watches(servers, proxyWatch, conditions, liveSettings));
    }

    Control control() {
        return control;
    }

    @Override
    public void close() {
        maps.close();
        mover.close();
        roles.close();
        servers.close();
        proxyWatch.close();
        fleet.close();
        leadership.close();
        proxies.close();
        launchers.close();
    }

    private String trouble(String server) {
        try {
            return launchers.within(LOOK).state(server).trouble();
        } catch (CodisException e) {
            return "";
        }
    }

    private boolean clientsActive() {
        return proxyWatch.qps() >= CLIENTS_QPS;
    }

    private void heard(ProxyEntry proxy, ProxyStats stats) {
        try {
            stats.movesBroken().forEach(move -> mover.loginBroken(move.source(), move.user()));
            stats.movesWanted().forEach(mover::keyWanted);
            if (!stats.online() && !stats.closed() && fleet.serving(proxy)) {
                bringOnline(proxy);
            }
        } catch (CodisException e) {
            LOG.warn(
                    "event=proxy-report-not-handled proxy={} reason={} cause={}",
                    proxy.token(),
                    e.reason().word(),
                    e.getMessage());
        }
    }

    /** The process was started again: it has no routes, and a login of its own if it is another one. */
    private void bringOnline(ProxyEntry proxy) {
        ProxyModel model = proxies.model(proxy.model().adminAddr());
        LOG.info("event=proxy-restarted proxy={}", proxy.token());
        if (model.token().equals(proxy.token()) && !model.equals(proxy.model())) {
            leadership.state().commit(new ProxyCommand.OnlineProxy(model));
        }
        fleet.pushAgain(proxy.token());
    }

    private void noteEvictions(Topology topology) {
        for (ProxyEntry proxy : topology.proxies().values()) {
            String object = "proxy-[" + proxy.token() + "]";
            if (proxy.admission() instanceof Admission.Evicted) {
                conditions.set(
                        Reason.PROXY_EVICTED,
                        object,
                        "proxy " + proxy.model().adminAddr()
                                + " did not confirm its routes in time; it serves again when it does");
            } else {
                conditions.clear(Reason.PROXY_EVICTED, object);
            }
        }
    }

    private Notices notices() {
        return new Notices() {
            @Override
            public void set(Reason reason, String object, String message) {
                conditions.set(reason, object, message);
            }

            @Override
            public void clear(Reason reason, String object) {
                conditions.clear(reason, object);
            }

            @Override
            public void settings(String server, TakenSettings taken) {
                liveSettings.put(server, taken);
            }
        };
    }
}
