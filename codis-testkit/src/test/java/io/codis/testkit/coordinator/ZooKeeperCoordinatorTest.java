package io.codis.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.zookeeper.ZooKeeperCoordinator;
import io.codis.testkit.ZooKeeperServer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperCoordinatorTest extends NetworkCoordinatorContractTest {

    private static ZooKeeperServer server;
    private ZooKeeper raw;

    @BeforeAll
    static void start(@TempDir Path directory) {
        server = ZooKeeperServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        raw = client(server.address());
    }

    @AfterEach
    void clear() throws Exception {
        raw.close();
        // its session may have ended with a server that the test killed
        raw = client(server.address());
        raw.addAuthInfo("digest", bytes("codis:secret"));
        for (String root : raw.getChildren("/", false)) {
            if (!root.equals("zookeeper")) {
                ZKUtil.deleteRecursive(raw, "/" + root);
            }
        }
        raw.close();
    }

    @Override
    protected int port() {
        return server.port();
    }

    @Override
    protected Coordinator open(int port) {
        return ZooKeeperCoordinator.open("127.0.0.1:" + port, "");
    }

    @Override
    protected void killStore() {
        server.kill();
    }

    @Override
    protected void restartStore() {
        server.restart();
    }

    @Override
    protected byte[] deleting() {
        return ByteBuffer.allocate(8 + PATH.length())
                .putInt(OpCode.delete)
                .putInt(PATH.length())
                .put(bytes(PATH))
                .array();
    }

    @Test
    void nodesAreAsCodisMakesThem() throws Exception {
        var client = remember(open());
        client.put("/codis3/demo/group/group-0001", bytes("{}"));
        assertThat(raw.exists("/codis3/demo/group/group-0001", false).getEphemeralOwner())
                .isZero();
        assertThat(rights("/codis3/demo/group/group-0001")).isEqualTo(Perms.ADMIN | Perms.READ | Perms.WRITE);
        assertThat(rights("/codis3/demo/group")).isEqualTo(Perms.ALL);
        assertThat(raw.getACL("/codis3", null))
                .extracting(acl -> acl.getId().getScheme())
                .containsExactly("world");
    }

    @Test
    void whatAnotherToolWritesIsAChange() throws Exception {
        var client = remember(open());
        long version = client.create(PATH, bytes("old"));
        raw.setData(PATH, bytes("foreign"), -1);
        assertThat(reasonOf(() -> client.update(PATH, bytes("late"), version))).isEqualTo(Reason.STALE_VERSION);
        assertThat(client.update(
                        PATH, bytes("new"), client.read(PATH).orElseThrow().version()))
                .isGreaterThan(version);
    }

    @Test
    void aLoginGuardsWhatItMade() throws Exception {
        var owner = remember(ZooKeeperCoordinator.open(server.address(), "codis:secret"));
        owner.create(PATH, bytes("x"));
        owner.tryLead("/codis3/demo/leader").orElseThrow().close();
        raw.addAuthInfo("digest", bytes("codis:secret"));
        assertThat(raw.getACL(PATH, null).getFirst().getId().getScheme()).isEqualTo("digest");
        var stranger = remember(open());
        assertThat(reasonOf(() -> stranger.read(PATH))).isEqualTo(Reason.UNAUTHORIZED);
        assertThat(reasonOf(() -> stranger.put(PATH, bytes("y")))).isEqualTo(Reason.UNAUTHORIZED);
        assertThat(text(remember(ZooKeeperCoordinator.open(server.address(), "codis:secret"))))
                .isEqualTo("x");
        assertThat(reasonOf(() -> ZooKeeperCoordinator.open(server.address(), "codis")))
                .isEqualTo(Reason.INVALID_ARGUMENT);
    }

    @Test
    void aPathBehindTheAddressIsTheRoot() throws Exception {
        var client = remember(ZooKeeperCoordinator.open(server.address() + "/databases/codis", ""));
        client.create(PATH, bytes("x"));
        assertThat(client.tryLead("/codis3/demo/leader")).isPresent();
        assertThat(raw.exists("/databases/codis" + PATH, false)).isNotNull();
        assertThat(raw.exists("/codis3", false)).isNull();
        assertThat(client.children("/codis3")).containsExactly("demo");
    }

    @Test
    void aLeaderNodeDeletedByHandIsALostLease() throws Exception {
        var client = remember(open());
        var lease = client.tryLead("/codis3/demo/leader").orElseThrow();
        raw.delete("/codis3-leases/codis3/demo/leader", -1);
        await().atMost(Duration.ofSeconds(5)).until(() -> !lease.held());
        assertThat(lease.loss()).isEqualTo("the lease was taken away");
        assertThat(client.tryLead("/codis3/demo/leader")).isPresent();
        assertThat(lease.held()).isFalse();
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        for (String address : List.of("127.0.0.1:nothing", "", "h:1,,h:2", "h:1/", "h:1//x", "h:1 h:2")) {
            assertThat(reasonOf(() -> ZooKeeperCoordinator.open(address, "")))
                    .as(address)
                    .isEqualTo(Reason.INVALID_ARGUMENT);
        }
    }

    private int rights(String path) throws KeeperException, InterruptedException {
        List<ACL> acl = raw.getACL(path, null);
        assertThat(acl).hasSize(1);
        return acl.getFirst().getPerms();
    }

    private static ZooKeeper client(String address) throws Exception {
        var connected = new CountDownLatch(1);
        var zk = new ZooKeeper(address, 10_000, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        assertThat(connected.await(20, TimeUnit.SECONDS)).isTrue();
        return zk;
    }
}
