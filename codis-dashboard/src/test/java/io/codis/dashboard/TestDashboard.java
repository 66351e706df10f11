package io.codis.dashboard;

import io.codis.core.codis3.Topom;
import io.codis.core.failover.Promotion;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.PromotionCommand;
import io.codis.core.topology.ProxyCommand;
import io.codis.core.topology.SlotCommand;
import io.codis.dashboard.identity.ToldMaps;
import io.codis.dashboard.migration.Durability;
import io.codis.dashboard.migration.Interruption;
import io.codis.dashboard.migration.MoveSettings;
import io.codis.dashboard.migration.MoveTools;
import io.codis.dashboard.migration.Mover;
import io.codis.dashboard.proxy.ProxyClient;
import io.codis.dashboard.proxy.ProxyFleet;
import io.codis.dashboard.server.ControlLogins;
import io.codis.dashboard.server.LauncherClient;
import io.codis.dashboard.stats.Conditions;
import io.codis.dashboard.store.ClusterState;
import io.codis.dashboard.store.Leadership;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.MemoryCoordinator;
import io.codis.infra.secret.ClusterSecret;
import java.time.Duration;
import java.time.InstantSource;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The leading dashboard of a test, without HTTP and without the loop that gives roles. */
public final class TestDashboard implements AutoCloseable {

    public static final ClusterSecret SECRET = ClusterSecret.of("0123456789abcdef".repeat(4));

    private final Coordinator coordinator;
    private final Leadership leadership;
    private final LauncherClient launchers;
    private final ProxyClient proxies;
    private final ProxyFleet fleet;
    private final ToldMaps maps;
    private final Durability durability;
    private final Mover mover;
    private final MoveSettings settings = new MoveSettings(1024);
    private final AtomicBoolean clients = new AtomicBoolean();
    private final Conditions conditions = new Conditions(InstantSource.system());

    public TestDashboard(MemoryCoordinator.Store store, Interruption interruption) {
        this(new MemoryCoordinator(store), interruption);
    }

    private TestDashboard(Coordinator coordinator, Interruption interruption) {
        this.coordinator = coordinator;
        var self = new Topom("t", "now", "127.0.0.1:1", TestProxy.PRODUCT, 1, "/", "test");
        this.leadership = Leadership.tryTake(coordinator, self).orElseThrow();
        this.launchers = LauncherClient.create(SECRET, Duration.ofSeconds(5));
        var engines = new ControlLogins(launchers, SECRET, state().leaderEpoch());
        this.proxies = new ProxyClient(TestProxy.PRODUCT, TestProxy.AUTH, Duration.ofSeconds(2));
        this.fleet = new ProxyFleet(state(), proxies, engines, SECRET, Duration.ofSeconds(2));
        this.maps = new ToldMaps(state(), launchers);
        this.durability = new Durability(state(), engines);
        var tools = new MoveTools(state(), engines, SECRET, settings, conditions, maps, clients::get, interruption);
        this.mover = new Mover(tools, fleet, durability);
        fleet.start();
        mover.start();
    }

    public ClusterState state() {
        return leadership.state();
    }

    public ProxyFleet fleet() {
        return fleet;
    }

    public Mover mover() {
        return mover;
    }

    public MoveSettings settings() {
        return settings;
    }

    /** Whether clients share the servers with the moves from now on; at first nobody does. */
    public void serving(boolean now) {
        clients.set(now);
    }

    public Conditions conditions() {
        return conditions;
    }

    /** A group whose first server has its role already. */
    public void addGroup(int gid, TestServer master) {
        state().commit(new GroupCommand.CreateGroup(gid));
        state().commit(new GroupCommand.AddServer(gid, master.address(), ""));
        state().commit(new PromotionCommand.StartPromotion(gid, master.address(), Promotion.Kind.BOOTSTRAP));
        state().commit(new PromotionCommand.PromotionPrepared(gid, master.address(), "run"));
        state().commit(new PromotionCommand.PromotionFinished(gid));
        state().commit(new PromotionCommand.PromotionCleared(gid));
    }

    public void assignAll(int gid) {
        var owners = new TreeMap<Integer, Integer>();
        for (int slot = 0; slot < 1024; slot++) {
            owners.put(slot, gid);
        }
        state().commit(new SlotCommand.AssignSlots(owners));
    }

    public void addProxy(TestProxy proxy) {
        state().commit(new ProxyCommand.OnlineProxy(proxy.model()));
    }

    /** As a process that is gone: nothing is cleaned up, and the lease ends. */
    public void die() {
        coordinator.close();
        mover.close();
        fleet.close();
    }

    @Override
    public void close() {
        mover.close();
        fleet.close();
        leadership.close();
        launchers.close();
        proxies.close();
        coordinator.close();
    }
}
