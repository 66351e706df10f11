package io.codis.it.role;

import io.codis.core.codis3.Topom;
import io.codis.core.failover.Promotion;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.topology.Group;
import io.codis.core.topology.GroupCommand.AddServer;
import io.codis.core.topology.GroupCommand.CreateGroup;
import io.codis.core.topology.SlotCommand;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.ServerState;
import io.codis.core.wire.TakenSettings;
import io.codis.dashboard.identity.ToldMaps;
import io.codis.dashboard.proxy.ProxyClient;
import io.codis.dashboard.proxy.ProxyFleet;
import io.codis.dashboard.role.MasterView;
import io.codis.dashboard.role.Notices;
import io.codis.dashboard.role.RoleEnvironment;
import io.codis.dashboard.role.RoleTimes;
import io.codis.dashboard.role.Roles;
import io.codis.dashboard.server.ControlLogins;
import io.codis.dashboard.server.LauncherClient;
import io.codis.dashboard.store.Leadership;
import io.codis.infra.coordinator.MemoryCoordinator;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.secret.ClusterSecret;
import io.codis.testkit.Engine;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;

/** One group of real servers, and a dashboard's role loops, which may be stopped and begun again as a new leader. */
final class RoleCluster implements AutoCloseable {

    static final int GROUP = 1;
    private static final Duration DEADLINE = Duration.ofSeconds(40);

    final List<LauncherServer> servers = new ArrayList<>();
    final Map<String, String> notices = new ConcurrentHashMap<>();

    private final Path directory;
    private final Path secretFile;
    private final ClusterSecret secret;
    private final Engine engine;
    private final RoleTimes times;
    private final boolean ephemeral;
    private final MemoryCoordinator.Store store = new MemoryCoordinator.Store();

    private DyingCoordinator coordinator;
    private Leadership leadership;
    private LauncherClient launchers;
    private ProxyFleet fleet;
    private Roles roles;

    RoleCluster(Engine engine, int members, RoleTimes times) throws IOException {
        this(engine, members, times, false);
    }

    /** @param ephemeral servers are declared to have no volume */
    RoleCluster(Engine engine, int members, RoleTimes times, boolean ephemeral) throws IOException {
        this.ephemeral = ephemeral;
        this.directory = Files.createTempDirectory("codis-roles-");
        this.secretFile = directory.resolve("secret");
        this.secret = ClusterSecret.loadOrCreate(secretFile);
        this.engine = engine;
        this.times = times;
        for (int i = 0; i < members; i++) {
            servers.add(server(i));
        }
        servers.forEach(LauncherServer::launch);
        servers.forEach(LauncherServer::awaitUp);
    }

    LauncherServer server(int number) {
        String lease = Double.toString(times.lease().toMillis() / 1000.0);
        return new LauncherServer(engine, directory.resolve("s" + number), secretFile, "--lease", lease)
                .with("CODIS_EPHEMERAL", "" + ephemeral);
    }

    /** They are gone with all that they had, and new ones are there under their names. */
    void replaceAll() {
        servers.forEach(LauncherServer::kill);
        servers.forEach(LauncherServer::loseVolume);
        servers.forEach(LauncherServer::launch);
        servers.forEach(LauncherServer::awaitUp);
    }

    /** A dashboard leads; the group is made if it is not there. */
    void lead() {
        coordinator = new DyingCoordinator(new MemoryCoordinator(store));
        leadership = Leadership.tryTake(coordinator, topom()).orElseThrow();
        var state = leadership.state();
        launchers = LauncherClient.create(secret, Duration.ofSeconds(5));
        var engines = new ControlLogins(launchers, secret, state.leaderEpoch());
        fleet = new ProxyFleet(
                state, new ProxyClient("test", "", Duration.ofSeconds(2)), engines, secret, Duration.ofSeconds(5));
        fleet.start();
        if (!state.topology().groups().containsKey(GROUP)) {
            state.commit(new CreateGroup(GROUP));
            servers.forEach(server -> state.commit(new AddServer(GROUP, server.address(), "")));
        }
        roles = Roles.start(new RoleEnvironment(
                state,
                new RoleEnvironment.Servers(launchers, engines, new ToldMaps(state, launchers), () -> false),
                new RoleEnvironment.Proxies(fleet, fleet, fleet::awaitConfirmed, MasterView.none()),
                new Collected(),
                times));
    }

    /** The dashboard is gone as if killed: whatever it was doing stops where it is. */
    void stopLeading() {
        roles.close();
        fleet.close();
        leadership.close();
        launchers.close();
    }

    /** The same in one blow: nothing is given back, the lease ends as a process does. */
    void die() {
        coordinator.close();
        roles.close();
        fleet.close();
        launchers.close();
    }

    /** The dashboard's way to what it stores. */
    DyingCoordinator coordinator() {
        return coordinator;
    }

    Roles roles() {
        return roles;
    }

    Leadership leadership() {
        return leadership;
    }

    Group group() {
        return leadership.state().topology().group(GROUP);
    }

    /** From now on the group owns all slots. */
    void ownSlots() {
        var owners = new TreeMap<Integer, Integer>();
        for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
            owners.put(slot, GROUP);
        }
        leadership.state().commit(new SlotCommand.AssignSlots(owners));
    }

    LauncherServer byAddress(String address) {
        return servers.stream()
                .filter(s -> s.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    LauncherServer master() {
        return byAddress(group().members().getFirst().address());
    }

    /** A master that is master, every other member a candidate. */
    void awaitReady() {
        await(
                "the group is ready",
                () -> group().initialized()
                        && group().promotion() instanceof Promotion.None
                        && group().candidates().size() == group().members().size() - 1
                        && serves(master().state()));
    }

    /** What is stored may be of before the engine died. */
    private static boolean serves(ServerState state) {
        return state.role() == ServerState.Role.MASTER && state.engine() == ServerState.Engine.UP;
    }

    void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    /** As the leading dashboard. */
    RedisConnection control(LauncherServer server) {
        return server.as("ctl-" + leadership.state().leaderEpoch());
    }

    /** A client's login, made at every server that has the role of master; a new leader's own may not be there yet. */
    RedisConnection client(LauncherServer server) {
        await("the leader's login", () -> {
            try (var control = control(server)) {
                control.call("ACL", "SETUSER", "client", "on", ">client", "~*", "+@all");
                return true;
            } catch (CodisException e) {
                return false;
            }
        });
        return RedisConnection.connect(server.address(), Duration.ofSeconds(2), new Credentials("client", "client"));
    }

    @Override
    public void close() {
        if (roles != null) {
            stopLeading();
        }
        servers.forEach(LauncherServer::close);
    }

    private static Topom topom() {
        return new Topom("token", "now", "127.0.0.1:0", "test", 1, "", "");
    }

    private final class Collected implements Notices {

        @Override
        public void set(Reason reason, String object, String message) {
            notices.put(reason.word(), message);
        }

        @Override
        public void settings(String server, TakenSettings settings) {
            // launchers are asked for them
        }

        @Override
        public void clear(Reason reason, String object) {
            notices.remove(reason.word());
        }
    }
}
