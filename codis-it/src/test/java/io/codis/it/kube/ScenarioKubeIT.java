package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardView;
import io.codis.operator.api.CodisCluster;
import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What people and nodes do to a cluster, one after the other on the same one, with clients at work. Each ends Ready, as it
 * began, and without a lost write.
 *
 * <p>{@code -Dkube.full=true} for everything, and for ten minutes of random deletions.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScenarioKubeIT {

    private static final String SHOP = "shop";
    static final String SPEC = """
            apiVersion: k8s.infra.cn/v1
            kind: CodisCluster
            metadata: {name: shop}
            spec:
              dashboardSpec:
                serviceType: NodePort
                codisDashboardResources: {requests: {cpu: 50m, memory: 64Mi}}
              feSpec: {codisFeResources: {requests: {cpu: 50m, memory: 64Mi}}}
              haSpec: {codisHaResources: {requests: {cpu: 50m, memory: 64Mi}}}
              proxySpec:
                serviceType: NodePort
                codisProxyResources: {requests: {cpu: 50m, memory: 64Mi}}
              redisSpec:
                replicas: 2
                codisServerNumsPerGroup: 2
                codisServerResources: {requests: {cpu: 50m, memory: 64Mi}}
                storageResources: {requests: {storage: 1Gi}}
            """;

    private static final boolean FULL = Boolean.getBoolean("kube.full");
    private static final Duration DELETIONS =
            Duration.ofSeconds(Integer.getInteger("kube.deletions.seconds", FULL ? 600 : 60));
    private static final int KEYS = 2000;

    /** What clients may notice, milliseconds: of what is planned, of a process that dies, of everything restarted. */
    private static final long PLANNED = 1000;

    private static final long DEATH = 5000;
    private static final long TOTAL = 120_000;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);
    private KubeCluster kube;
    private UnderLoad load;

    @BeforeAll
    void aCluster() throws IOException {
        kube = KubeCluster.open("codis-scenario");
        load = new UnderLoad(kube, SHOP, random);
        long start = System.currentTimeMillis();
        kube.apply(SPEC);
        kube.keepingLogs("scenario-start", () -> kube.await(SHOP, KubeCluster::ready));
        System.out.println("Ready after " + (System.currentTimeMillis() - start) + " ms");
    }

    /** Whatever the test before has left. */
    @BeforeEach
    void readyAndAsItBegan() {
        kube.operators(1);
        kube.apply(SPEC);
        kube.awaitSettled(SHOP, Duration.ofSeconds(2));
    }

    @AfterAll
    void gone() throws IOException {
        if (kube != null) {
            kube.close();
        }
    }

    @Test
    void safetyRules1To5And19GroupsComeAndGoUnderLoad() {
        kube.keepingLogs("groups", () -> {
            load.run("2 to 4 servers", PLANNED, () -> kube.scale(SHOP, 4));
            load.run("4 to 2 servers", PLANNED, () -> kube.scale(SHOP, 2));
            assertThat(kube.pods("server")).hasSize(2);
            assertThat(kube.claims()).hasSize(2);
            Awaitility.await("nothing left of group 2")
                    .atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(kube.leftBehind(SHOP)).noneMatch(object -> object.contains("-g2")));
        });
    }

    @Test
    void safetyRule12MembersComeAndGoUnderLoadTheMasterToo() {
        kube.keepingLogs("members", () -> {
            load.run("2 to 3 members", PLANNED, () -> members(3));
            load.run(
                    "switchover to the member that is to go",
                    PLANNED,
                    () -> switchOver("shop-codis-server-statefulset-2"));
            load.run("3 to 2 members", PLANNED, () -> members(2));
            assertThat(kube.pods("server")).hasSize(2);
            assertThat(kube.claims()).hasSize(2);
        });
    }

    /** At moments that the seed gives: in whatever step it is. */
    @Test
    void anOperatorThatIsKilledInAnyStepIsReplacedByOneThatGoesOn() {
        kube.keepingLogs("operator-killed", () -> {
            killing("to 4 servers", () -> kube.scale(SHOP, 4));
            killing("to 2 servers", () -> kube.scale(SHOP, 2));
            if (FULL) {
                killing("to 3 members", () -> members(3));
                killing("a roll", () -> redisConf("{\"tcp-backlog\":\"128\"}"));
                killing("and back", () -> redisConf("null"));
                killing("to 2 members", () -> members(2));
                bornAndBuried();
            }
        });
    }

    private void killing(String what, Runnable operation) {
        load.run(what + ", the operator killed again and again", PLANNED, () -> {
            operation.run();
            killOften();
        });
    }

    private void killOften() {
        for (int kill = 0; kill < (FULL ? 5 : 2); kill++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(12_000)));
            kube.killOperator();
        }
    }

    /** A cluster of its own. */
    private void bornAndBuried() {
        String name = "short-lived";
        kube.apply(SPEC.replace("name: shop", "name: " + name).replace("spec:\n", "spec:\n  deletionPolicy: Delete\n"));
        killOften();
        kube.await(name, KubeCluster::ready);
        kube.client()
                .resources(CodisCluster.class)
                .inNamespace(kube.namespace())
                .withName(name)
                .delete();
        killOften();
        Awaitility.await("nothing is left of it")
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(kube.leftBehind(name)).isEmpty());
    }

    @Test
    void safetyRule15AMastersPodIsDeletedWhileThereIsNoOperator() {
        kube.keepingLogs(
                "no-operator",
                () -> load.run("a master's pod deleted, no operator", DEATH, () -> {
                    kube.operators(0);
                    String master = master();
                    kube.replacePod(master);
                    kube.operators(1);
                }));
    }

    @Test
    void safetyRules10And17AMastersPodIsDeleted() {
        kube.keepingLogs(
                "master-deleted", () -> load.run("a master's pod deleted", DEATH, () -> kube.replacePod(master())));
    }

    @Test
    void safetyRule20EverythingRestartsAtOnceAndAllAddressesChange() {
        kube.keepingLogs(
                "total-restart",
                () -> load.run("all pods deleted", TOTAL, () -> {
                    List<String> before = addresses();
                    kube.deletePods(SHOP);
                    Awaitility.await("all pods anew")
                            .atMost(Duration.ofMinutes(2))
                            .untilAsserted(() -> assertThat(addresses())
                                    .hasSameSizeAs(before)
                                    .doesNotContainAnyElementsOf(before));
                }));
    }

    @Test
    void anyPodMayBeDeletedAtAnyTime() {
        kube.keepingLogs("deletions", () -> {
            long end = System.nanoTime() + DELETIONS.toNanos();
            while (System.nanoTime() < end) {
                List<String> all = new ArrayList<>(kube.podsOf(SHOP).stream()
                        .map(pod -> pod.getMetadata().getName())
                        .toList());
                String victim = all.get(random.nextInt(all.size()));
                load.run("deleted " + victim, DEATH, () -> kube.deletePod(victim));
            }
        });
    }

    @Test
    void whatIsMadeAgainUnderTheSameNameFindsItsDataAndNothingElseIsLeftBehind() {
        kube.keepingLogs("made-again", () -> {
            Dataset data = Dataset.of(seed, KEYS);
            patiently(() -> data.load(kube.endpoints(SHOP, "proxy")));
            load.run("scaled before it is deleted", PLANNED, () -> kube.scale(SHOP, 4));
            kube.deleteCluster(SHOP);
            assertThat(kube.leftBehind(SHOP))
                    .containsExactlyInAnyOrder(
                            "ConfigMap/codis-shop",
                            "Lease/codis-shop",
                            "PersistentVolumeClaim/data-shop-codis-server-statefulset-0",
                            "PersistentVolumeClaim/data-shop-codis-server-statefulset-1",
                            "PersistentVolumeClaim/data-shop-codis-server-statefulset-g2-0",
                            "PersistentVolumeClaim/data-shop-codis-server-statefulset-g2-1",
                            "Secret/shop-codis-secret");
            kube.apply(SPEC.replace("replicas: 2\n    codis", "replicas: 4\n    codis"));
            kube.await(SHOP, KubeCluster::ready);
            patiently(() -> data.requireIntact(kube.endpoints(SHOP, "proxy")));
            load.run("and back", PLANNED, () -> kube.scale(SHOP, 2));
            patiently(() -> data.requireIntact(kube.endpoints(SHOP, "proxy")));
        });
    }

    /** A node may still have translations of addresses from before a restart, and refuse a connection because of one. */
    private static void patiently(Runnable work) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsMatching(e -> e.getCause() instanceof ConnectException)
                .until(() -> {
                    work.run();
                    return true;
                });
    }

    private void members(int perGroup) {
        kube.edit(
                SHOP,
                "{\"spec\":{\"redisSpec\":{\"replicas\":" + perGroup + ",\"codisServerNumsPerGroup\":" + perGroup
                        + "}}}");
    }

    private void redisConf(String json) {
        kube.edit(SHOP, "{\"spec\":{\"redisSpec\":{\"redisConf\":" + json + "}}}");
    }

    private void switchOver(String pod) {
        String said = kube.exec(
                pod,
                "codis-server",
                "codis-admin",
                "--dashboard=shop-codis-dashboard-service:18080",
                "--promote-server",
                "--gid=1",
                "--addr=" + pod + ".shop-codis-server-service." + kube.namespace() + ".svc:6379");
        Awaitility.await("master " + pod + ": " + said)
                .atMost(Duration.ofSeconds(30))
                .until(() -> master().equals(pod));
    }

    /** The pod of group 1's master, by what its dashboard says now: the status may be some seconds old. */
    private String master() {
        return master(kube);
    }

    static String master(KubeCluster kube) {
        try (var dashboard = new DashboardApi(kube.endpoints(SHOP, "dashboard").getFirst(), SHOP)) {
            String address = dashboard
                    .view()
                    .flatMap(view -> view.group(1))
                    .flatMap(DashboardView.Group::master)
                    .orElseThrow()
                    .address();
            return address.substring(0, address.indexOf('.'));
        }
    }

    private List<String> addresses() {
        return kube.podsOf(SHOP).stream().map(pod -> pod.getStatus().getPodIP()).toList();
    }
}
