package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.infra.secret.ClusterSecret;
import io.codis.operator.api.ClusterStatus.Condition;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.ObjectNames;
import io.codis.testkit.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Changes of what servers read only when they start. */
class RollKubeIT {

    private static final String SERVER = "minimal-codis-server-statefulset-0";
    private static final String CLIENT = "valkey-cli -h minimal-codis-proxy-service -p 19000";
    private static final int KEYS = 500;

    @Test
    void aChangedSettingReachesEveryServerAndNoKeyIsLost() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-roll")) {
            kube.apply(minimal(""));
            kube.await("minimal", KubeCluster::ready);
            shell(kube, "for i in $(seq 1 " + KEYS + "); do echo SET key$i value$i; done | " + CLIENT);
            List<String> before = uids(kube);

            kube.apply(minimal("    redisConf: {appendfsync: always}\n"));
            kube.await("minimal", cluster -> KubeCluster.ready(cluster) && current(cluster));

            assertThat(uids(kube)).hasSize(2).doesNotContainAnyElementsOf(before);
            assertThat(keysThere(kube)).isEqualTo(KEYS);
        }
    }

    @Test
    void aGroupOfOneKeepsItsKeysThroughAChange() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-roll-one")) {
            String one = minimal("").replace("replicas: 2", "replicas: 1").replace("PerGroup: 2", "PerGroup: 1");
            kube.apply(one);
            kube.await("minimal", KubeCluster::ready);
            shell(kube, "for i in $(seq 1 " + KEYS + "); do echo SET key$i value$i; done | " + CLIENT);

            kube.apply(one + "    redisConf: {appendfsync: always}\n");
            kube.await("minimal", cluster -> KubeCluster.ready(cluster) && current(cluster));

            assertThat(kube.pods("server")).containsExactly(SERVER);
            assertThat(keysThere(kube)).isEqualTo(KEYS);
        }
    }

    @Test
    void aChangeThatNoServerSurvivesStopsAtTheFirstAndIsTakenBack() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-roll-back")) {
            kube.apply(minimal(""));
            kube.await("minimal", KubeCluster::ready);
            shell(kube, "for i in $(seq 1 " + KEYS + "); do echo SET key$i value$i; done | " + CLIENT);
            List<String> before = uids(kube);

            kube.apply(minimal("    nodeSelector: {nowhere: 'true'}\n"));
            kube.await("minimal", cluster -> reason(cluster, "ServersCurrent").equals("RollStopped"));
            assertThat(reason(kube.cluster("minimal").orElseThrow(), "PodsRunning"))
                    .isEqualTo("NoNodeFits");
            assertThat(uids(kube)).as("one server goes on").containsAnyElementsOf(before);

            kube.apply(minimal(""));
            kube.await("minimal", cluster -> KubeCluster.ready(cluster) && current(cluster));
            assertThat(keysThere(kube)).isEqualTo(KEYS);
        }
    }

    /** Longer than a master holds its role without a word of dashboard or replica. */
    @Test
    void aWrongImageTakesNothingFromClientsAndIsTakenBack() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-roll-image")) {
            String spec = minimal(
                    "    storageResources: {requests: {storage: 64Mi}}\n  proxySpec: {serviceType: NodePort}\n");
            kube.apply(spec);
            kube.await("minimal", KubeCluster::ready);
            List<String> before = uids(kube);

            new UnderLoad(kube, "minimal", new Random(3)).run("a wrong image and back", 1500, () -> {
                kube.edit("minimal", "{\"spec\":{\"codisImage\":\"nowhere.invalid/codis:1\"}}");
                kube.await("minimal", KubeCluster.trouble("ImagePull", "nowhere.invalid/codis:1"));
                Awaitility.await("twice a master's lease")
                        .atMost(Duration.ofMinutes(1))
                        .pollDelay(Duration.ofSeconds(20))
                        .until(() -> true);
                assertThat(uids(kube)).as("at least one server goes on").containsAnyElementsOf(before);
                kube.edit("minimal", "{\"spec\":{\"codisImage\":null}}");
                kube.await("minimal", cluster -> KubeCluster.ready(cluster) && current(cluster));
            });
        }
    }

    @Test
    void aSettingThatTheEngineDoesNotTakeStopsAtTheFirstServerAndIsNamed() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-roll-setting")) {
            kube.apply(minimal(""));
            kube.await("minimal", KubeCluster::ready);
            shell(kube, "for i in $(seq 1 " + KEYS + "); do echo SET key$i value$i; done | " + CLIENT);
            List<String> before = uids(kube);

            kube.apply(minimal("    redisConf: {appendfsync: some}\n"));
            kube.await(
                    "minimal",
                    KubeCluster.trouble(
                            "SettingsRefused",
                            "of group 1: valkey-server does not take 'appendfsync some': argument(s) must be one of"));
            kube.await("minimal", cluster -> reason(cluster, "ServersCurrent").equals("RollStopped"));
            assertThat(uids(kube)).as("one server goes on").hasSize(2).containsAnyElementsOf(before);
            assertThat(keysThere(kube)).isEqualTo(KEYS);

            kube.apply(minimal("    redisConf: {appendfsync: 'no'}\n"));
            kube.await("minimal", cluster -> KubeCluster.ready(cluster) && current(cluster));
            assertThat(keysThere(kube)).isEqualTo(KEYS);
        }
    }

    /** Decision 33: also one that is refused, and one that is taken back. */
    @Test
    void aSettingThatEnginesTakeLiveRestartsNobody() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-roll-live")) {
            String minimal = minimal("    redisConf: {SETTINGS}\n  proxySpec: {serviceType: NodePort}\n");
            kube.keepingLogs("roll-live", () -> setLive(kube, minimal));
        }
    }

    /** @param spec with a place for settings */
    private static void setLive(KubeCluster kube, String spec) {
        kube.apply(spec.replace("SETTINGS", ""));
        kube.await("minimal", cluster -> KubeCluster.ready(cluster) && current(cluster));
        List<String> before = uids(kube);
        String own = setting(kube, SERVER, "slowlog-max-len");
        var load = new UnderLoad(kube, "minimal", new Random(Seed.next()));

        load.run("settings that are set live", 1000, () -> {
            apply(kube, spec, "maxclients: '5000', slowlog-max-len: '7'", RollKubeIT::current);
            requireEverywhere(kube, "maxclients", "5000");
            requireEverywhere(kube, "slowlog-max-len", "7");

            apply(kube, spec, "maxclients: '6000'", RollKubeIT::current);
            requireEverywhere(kube, "maxclients", "6000");
            requireEverywhere(kube, "slowlog-max-len", own);

            String why = "valkey-server does not take 'hz many': argument";
            apply(kube, spec, "maxclients: '7000', hz: many", KubeCluster.trouble("SettingsRefused", why));
            kube.await("minimal", RollKubeIT::current);
            requireEverywhere(kube, "maxclients", "7000");
            assertThat(kube.events("minimal"))
                    .anyMatch(event -> event.startsWith("Warning SettingsRefused ") && event.contains(why));

            apply(
                    kube,
                    spec,
                    "maxclients: '7000'",
                    cluster ->
                            current(cluster) && reason(cluster, "PodsRunning").equals("AllWell"));
        });
        assertThat(uids(kube)).isEqualTo(before);
        assertThat(kube.restarts("minimal")).isZero();

        load.run("one that is set live and one that rolls", 5000, () -> {
            apply(kube, spec, "maxclients: '8000', appendfsync: always", RollKubeIT::current);
        });
        assertThat(uids(kube)).hasSize(2).doesNotContainAnyElementsOf(before);
        requireEverywhere(kube, "maxclients", "8000");
        requireEverywhere(kube, "appendfsync", "always");
    }

    private static void apply(KubeCluster kube, String spec, String settings, Predicate<CodisCluster> condition) {
        kube.apply(spec.replace("SETTINGS", settings));
        kube.await("minimal", cluster -> KubeCluster.ready(cluster) && condition.test(cluster));
    }

    private static void requireEverywhere(KubeCluster kube, String name, String value) {
        assertThat(kube.pods("server"))
                .hasSize(2)
                .allSatisfy(pod -> assertThat(setting(kube, pod, name)).as(pod).isEqualTo(value));
    }

    /** As its engine has it. */
    private static String setting(KubeCluster kube, String pod, String name) {
        var names = new ObjectNames("minimal", kube.namespace());
        String hex = kube
                .client()
                .secrets()
                .inNamespace(kube.namespace())
                .withName(names.secret())
                .get()
                .getData()
                .values()
                .stream()
                .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.US_ASCII))
                .findFirst()
                .orElseThrow();
        String user = "launcher-" + names.address(names.member(pod).orElseThrow());
        String password = ClusterSecret.of(hex).derive(user);
        String[] command = {
            "valkey-cli", "--no-auth-warning", "--user", "launcher", "--pass", password, "CONFIG", "GET", name
        };
        return kube.exec(pod, "codis-server", command)
                .lines()
                .skip(1)
                .findFirst()
                .orElse("");
    }

    private static String minimal(String more) throws IOException {
        return Files.readString(Path.of("../examples/minimal.yaml")) + more;
    }

    private static boolean current(CodisCluster cluster) {
        return reason(cluster, "ServersCurrent").equals("AllCurrent");
    }

    private static String reason(CodisCluster cluster, String type) {
        return cluster.getStatus() == null || cluster.getStatus().conditions() == null
                ? ""
                : cluster.getStatus().conditions().stream()
                        .filter(condition -> condition.type().equals(type))
                        .map(Condition::reason)
                        .findFirst()
                        .orElse("");
    }

    private static List<String> uids(KubeCluster kube) {
        return kube.pods("server").stream()
                .map(name -> kube.client()
                        .pods()
                        .inNamespace(kube.namespace())
                        .withName(name)
                        .get()
                        .getMetadata()
                        .getUid())
                .toList();
    }

    private static int keysThere(KubeCluster kube) {
        return Integer.parseInt(shell(
                kube, "for i in $(seq 1 " + KEYS + "); do echo GET key$i; done | " + CLIENT + " | grep -c value"));
    }

    private static String shell(KubeCluster kube, String line) {
        return kube.exec(SERVER, "codis-server", "sh", "-c", line);
    }
}
