package io.codis.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.plan.Part;
import io.codis.core.spec.LiveSettings;
import io.codis.operator.api.CodisCluster;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was made by another version of the operator stays as long as its user says the same (decision 31). */
class FormTest {

    private static final String TEMPLATE = "k8s.infra.cn/template";
    private static final String SPEC = """
            apiVersion: k8s.infra.cn/v1
            kind: CodisCluster
            metadata: {name: c, namespace: shop, uid: u}
            spec:
              coordinator: {type: etcd, address: "etcd-0:2379"}
              feSpec: {replicas: 1}
              haSpec: {replicas: 1}
              proxySpec: {replicas: 2, auth: secret}
              redisSpec:
                replicas: 4
                codisServerNumsPerGroup: 2
                redisConf: {databases: "5000", maxclients: "700"}
                storageResources: {requests: {storage: 1Gi}}
                backupCronJob: {schedule: "0 3 * * *"}
            """;

    @Test
    void whatTheUserHasNotChangedStaysAsAnotherVersionMadeIt() {
        Former former = older(SPEC);
        DesiredCluster now = desired(SPEC, former);

        List<HasMetadata> workloads = workloads(now);

        assertThat(workloads).hasSize(7);
        assertThat(workloads).allSatisfy(object -> {
            HasMetadata before = former.of(object).orElseThrow();
            assertThat(template(object)).isEqualTo(template(before));
            assertThat(Serialization.asJson(template(object))).contains("OLDER");
            assertThat(object.getMetadata().getAnnotations())
                    .isEqualTo(before.getMetadata().getAnnotations());
        });
    }

    @Test
    void aServerOfAnOlderVersionIsNotBehind() {
        Former former = older(SPEC);
        var pod = new PodBuilder()
                .withMetadata(template(former.of(desired(SPEC).servers(2, 2)).orElseThrow())
                        .getMetadata())
                .build();

        assertThat(desired(SPEC, former).current(pod, 2)).isTrue();
        assertThat(desired(SPEC.replace("5000", "6000"), former).current(pod, 2))
                .isFalse();
    }

    /** Who writes what, and the parts whose pods are made anew for it, as this version makes them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas: 4       | replicas: 6                        |
            replicas: 2,      | replicas: 5,                       |
            storage: 1Gi      | storage: 2Gi                       |
            auth: secret      | auth: secret, serviceType: NodePort|
            auth: secret      | auth: other                        | proxy
            auth: secret      | auth: secret, safeWrites: true     | proxy
            "5000"            | "6000"                             | server
            redisConf:        | maxmemory: 1Gi; redisConf:         |
            "700"             | "800"                              |
            , maxclients: "700" | , redis.conf: "# more\\ntimeout 7" |
            databases: "5000", maxclients: "700" | redis.conf: "maxclients 8\\ndatabases 5000" |
            maxclients:       | save:                              | server
            etcd-0            | etcd-1                             | dashboard
            feSpec: {         | feSpec: {priorityClassName: high,  | fe
            haSpec: {         | haSpec: {labels: {a: b},           | ha
            0 3 *             | 0 4 *                              | backup
            redisConf:        | nodeSelector: {a: b}; redisConf:   | backup server
            feSpec:           | logPath: /logs; feSpec:            | dashboard fe ha proxy server
            feSpec:           | codisImage: codis:other; feSpec:   | backup dashboard fe ha proxy server
            uid: u            | uid: u, annotations: {k8s.infra.cn/restart: now} | backup dashboard fe ha proxy server
            """)
    void whatTheUserHasChangedIsMadeAnewByThisVersion(String before, String after, String parts) {
        String indent = before.startsWith("redis") ? "\n    " : "\n  ";
        String changed = SPEC.replace(before, after.replace("; ", indent));
        assertThat(changed).isNotEqualTo(SPEC);

        var anew = new TreeSet<String>();
        workloads(desired(changed, older(SPEC))).stream()
                .filter(object -> !Serialization.asJson(template(object)).contains("OLDER"))
                .forEach(object -> anew.add(object.getMetadata().getLabels().get(ObjectNames.COMPONENT)));

        assertThat(String.join(" ", anew)).isEqualTo(parts == null ? "" : parts);
    }

    @Test
    void aNewGroupIsMadeAsTheOthersWere() {
        Former former = older(SPEC);

        StatefulSet third = desired(SPEC, former).servers(3, 2);

        assertThat(Serialization.asJson(template(third))).contains("OLDER").doesNotContain("group\":\"1\"");
        assertThat(template(third).getMetadata().getLabels()).containsEntry(ObjectNames.GROUP, "3");
    }

    /** Else a group could not be made from another: the label is all that may say which one it is. */
    @Test
    void templatesOfGroupsDifferInTheirLabelOnly() {
        DesiredCluster made = desired(SPEC);
        Former first = wish -> Optional.of((HasMetadata) made.servers(1, 2))
                .filter(set ->
                        set.getMetadata().getName().equals(wish.getMetadata().getName()));

        PodTemplateSpec like = template(desired(SPEC, first).servers(2, 2));

        like.getMetadata().getAnnotations().clear();
        PodTemplateSpec anew = template(made.servers(2, 2));
        anew.getMetadata().getAnnotations().clear();
        assertThat(like).isEqualTo(anew);
    }

    @Test
    void settingsStayWithTheTemplateThatTheyWereMadeWith() {
        DesiredCluster now = desired(SPEC, older(SPEC));

        assertThat(texts(now))
                .hasSize(4)
                .allSatisfy((name, text) -> assertThat(text).as(name).startsWith("# older\n"));
        assertThat(texts(desired(SPEC.replace("5000", "6000"), older(SPEC))).get("c-codis-server-conf"))
                .contains("databases 6000")
                .doesNotContain("older");
    }

    @Test
    void settingsThatSomebodyElseHasChangedAreSetRight() {
        Former former = older(SPEC);
        Former edited = wish -> former.of(wish).map(object -> {
            if (object instanceof ConfigMap config) {
                config.getData().replaceAll((file, text) -> text + "maxclients 1\n");
            }
            return object;
        });

        assertThat(texts(desired(SPEC, edited)).get("c-codis-server-conf"))
                .contains("databases 5000")
                .contains("maxclients 700")
                .doesNotContain("maxclients 1\n");
    }

    /** Decision 33. */
    @Test
    void settingsThatServersTakeWhileTheyRunAreThoseOfNow() {
        String changed = SPEC.replace("maxclients: \"700\"", "timeout: \"7\"");

        assertThat(texts(desired(changed, older(SPEC))).get("c-codis-server-conf"))
                .isEqualTo("# older\nappendonly yes\ndatabases 5000\ntimeout 7\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "{}",
                "{\"metadata\":{},\"spec\":{\"containers\":[]}}",
                "{\"spec\":7}",
                "{\"metadata\":{},\"spec\":{\"containers\":[{\"name\":\"codis-server\"}]}}"
            })
    void whatCannotBeReadIsMadeAnew(String carried) {
        Former former = older(SPEC);
        Former broken = wish -> former.of(wish).map(object -> {
            object.getMetadata().getAnnotations().replace(TEMPLATE, carried);
            return object;
        });

        assertThat(template(desired(SPEC, broken).servers(1, 2)))
                .isEqualTo(template(desired(SPEC).servers(1, 2)));
    }

    /** They all said of themselves that they are the Service. */
    @Test
    void aDashboardOfWhenThereWasOneStaysOneUntilItIsMadeAnew() {
        String service = "--host-admin=c-codis-dashboard-service.shop.svc:18080";
        Former one = wish -> older(SPEC).of(wish).map(there -> (HasMetadata) Serialization.unmarshal(
                Serialization.asJson(there).replace("--host-admin=$(POD_IP):18080", service), wish.getClass()));

        assertThat(desired(SPEC, one).part(Part.DASHBOARD).getSpec().getReplicas())
                .isEqualTo(1);
        String changed = SPEC.replace("  feSpec", "  dashboardSpec: {priorityClassName: high}\n  feSpec");
        assertThat(desired(changed, one).part(Part.DASHBOARD).getSpec().getReplicas())
                .isEqualTo(2);
    }

    @Test
    void aTemplateThatNoAnnotationHoldsIsNotCarried() {
        String patch = "podTemplate: {metadata: {annotations: {note: " + "x".repeat(250_000) + "}}}\n    ";

        StatefulSet set =
                desired(SPEC.replace("redisConf", patch + "redisConf")).servers(1, 2);

        assertThat(set.getMetadata().getAnnotations()).containsOnlyKeys("k8s.infra.cn/inputs");
    }

    private static DesiredCluster desired(String spec) {
        return desired(spec, Former.NOTHING);
    }

    private static DesiredCluster desired(String spec, Former former) {
        CodisCluster resource = Serialization.unmarshal(spec, CodisCluster.class);
        return new DesiredCluster(((Wanted.Reading.Right) Wanted.read(resource, "codis:test")).wanted(), former);
    }

    /** Two groups, proxies, the three parts and backups. */
    private static List<HasMetadata> workloads(DesiredCluster desired) {
        return Stream.concat(
                        Stream.of(desired.servers(1, 2), desired.servers(2, 2), desired.proxies(2)),
                        Stream.concat(
                                Stream.of(Part.values()).map(desired::part),
                                desired.backups(Optional.empty()).stream()))
                .map(HasMetadata.class::cast)
                .toList();
    }

    /** By the name of their object. */
    private static Map<String, String> texts(DesiredCluster desired) {
        var texts = new TreeMap<String, String>();
        desired.surroundings(List.of(1)).forEach(object -> {
            if (object instanceof ConfigMap config) {
                texts.put(
                        object.getMetadata().getName(),
                        String.join("", config.getData().values()));
            }
            if (object instanceof Secret secret) {
                texts.put(
                        object.getMetadata().getName(),
                        String.join("", secret.getStringData().values()));
            }
        });
        return texts;
    }

    /** What a version leaves that writes a line more into settings and a variable more into pods, as the API server has it. */
    private static Former older(String spec) {
        DesiredCluster made = desired(spec);
        var there = new HashMap<String, String>();
        var digests = new HashMap<String, String>();
        made.surroundings(List.of(1, 2)).forEach(object -> {
            switch (object) {
                case ConfigMap config -> config.getData().replaceAll(olderText(digests));
                case Secret secret -> {
                    secret.setData(new HashMap<>());
                    secret.getStringData().replaceAll(olderText(digests));
                    secret.getStringData()
                            .forEach((file, text) -> secret.getData()
                                    .put(
                                            file,
                                            Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
                    secret.setStringData(null);
                }
                default -> {}
            }
            there.put(key(object), Serialization.asJson(object));
        });
        UnaryOperator<String> olderPods = text -> {
            String older = text.replace("\"env\":[", "\"env\":[{\"name\":\"OLDER\",\"value\":\"yes\"},")
                    .replace("\\\"env\\\":[", "\\\"env\\\":[{\\\"name\\\":\\\"OLDER\\\",\\\"value\\\":\\\"yes\\\"},")
                    .replaceAll("(k8s.infra.cn/revision\\\\?\":\\\\?\")\\w+", "$1older");
            for (var digest : digests.entrySet()) {
                older = older.replace(digest.getKey(), digest.getValue());
            }
            return older;
        };
        workloads(made).forEach(object -> there.put(key(object), olderPods.apply(Serialization.asJson(object))));
        return wish -> Optional.ofNullable(there.get(key(wish)))
                .map(text -> (HasMetadata) Serialization.unmarshal(text, wish.getClass()));
    }

    private static BiFunction<String, String, String> olderText(Map<String, String> digests) {
        return (file, text) -> {
            String older = "# older\n" + text;
            digests.put(Digest.of(text), Digest.of(older));
            // of servers' settings only these belong to the template
            digests.put(Digest.of(LiveSettings.without(text)), Digest.of(LiveSettings.without(older)));
            return older;
        };
    }

    private static String key(HasMetadata object) {
        return object.getKind() + "/" + object.getMetadata().getName();
    }

    private static PodTemplateSpec template(HasMetadata object) {
        return switch (object) {
            case StatefulSet set -> set.getSpec().getTemplate();
            case Deployment deployment -> deployment.getSpec().getTemplate();
            case CronJob job -> job.getSpec().getJobTemplate().getSpec().getTemplate();
            default -> throw new IllegalArgumentException(key(object));
        };
    }
}
