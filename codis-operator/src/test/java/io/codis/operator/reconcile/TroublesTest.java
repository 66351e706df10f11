package io.codis.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.json.Json;
import io.codis.operator.desired.ObjectNames;
import io.codis.operator.drive.Live;
import io.codis.operator.reconcile.Troubles.Trouble;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TroublesTest {

    private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATER = MADE.plusSeconds(60);
    private static final String POD = "c-codis-server-statefulset-1";
    private static final String HOST_PATH =
            "violates PodSecurity \"restricted:latest\": restricted volume types (volume"
                    + " \"log\" uses restricted volume type \"hostPath\")";

    @Test
    void tooFewNodesForMembersOfAGroup() {
        assertThat(troubles(unscheduled("0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.")))
                .containsExactly(new Trouble(
                        "TooFewNodes",
                        POD + ": too few nodes to keep the members of a group apart; add a node, or set"
                                + " redisSpec.antiAffinity: Preferred (0/1 nodes are available: 1 node(s)"
                                + " didn't match pod anti-affinity rules.)"));
    }

    @Test
    void nodesWithoutTheLabelsOrWithoutRoom() {
        assertThat(troubles(unscheduled("1 node(s) didn't match Pod's node affinity/selector."))
                        .getFirst()
                        .reason())
                .isEqualTo("NoNodeFits");
        assertThat(troubles(unscheduled("1 Insufficient memory.")).getFirst().reason())
                .isEqualTo("NoRoom");
        assertThat(troubles(unscheduled("1 Insufficient cpu, 2 node(s) didn't match Pod's node affinity/selector."))
                        .getFirst()
                        .reason())
                .isEqualTo("NoRoom");
    }

    @Test
    void aVolumeWhoseNodeTakesNoPods() {
        String said =
                "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match PersistentVolume's node"
                        + " affinity.";

        assertThat(troubles(unscheduled(said)))
                .containsExactly(new Trouble(
                        "VolumeElsewhere",
                        POD
                                + ": its volume is on a node that is not there or takes no pods; bring the node back, or give up"
                                + " the volume: codis --context CONTEXT -n shop --cluster c replace-member " + POD
                                + " (" + said + ")"));
    }

    @Test
    void labelsThatNoNodeHasAreNamedWithTheFieldsThatAskForThem() {
        Pod pod = Serialization.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata: {name: c-codis-proxy-deployment-1, labels: {app.kubernetes.io/component: proxy}}
                spec:
                  nodeSelector: {disk: ssd}
                  affinity:
                    nodeAffinity:
                      requiredDuringSchedulingIgnoredDuringExecution:
                        nodeSelectorTerms:
                        - matchExpressions: [{key: role, operator: In, values: [a, b]}, {key: old, operator: DoesNotExist}]
                        - matchExpressions: [{key: role, operator: Exists}]
                status:
                  conditions:
                  - {type: PodScheduled, status: "False", message: didn't match Pod's node affinity/selector}
                """, Pod.class);

        assertThat(troubles(pod))
                .containsExactly(new Trouble(
                        "NoNodeFits",
                        "c-codis-proxy-deployment-1: no node has disk=ssd (spec.proxySpec.nodeSelector) and role In a, b,"
                                + " old DoesNotExist or role Exists (spec.proxySpec.affinity); label nodes, or ask for"
                                + " others (didn't match Pod's node affinity/selector)"));
    }

    @Test
    void aSchedulerThatDoesNotAnswer() {
        Pod pod = new PodBuilder(pod())
                .editSpec()
                .withSchedulerName("mine")
                .endSpec()
                .build();

        assertThat(troubles(pod))
                .containsExactly(new Trouble(
                        "UnknownScheduler",
                        POD + ": no scheduler named mine takes it; start that one, or change redisSpec.scheduler"));
        assertThat(new Troubles(live(pod), List.of(), name -> true, MADE.plusSeconds(5)).all())
                .isEmpty();
    }

    @Test
    void aStorageClassThatIsNotThere() {
        Pod pod = new PodBuilder(unscheduled("pod has unbound immediate PersistentVolumeClaims"))
                .editSpec()
                .addNewVolume()
                .withName("data")
                .withNewPersistentVolumeClaim("data-" + POD, false)
                .endVolume()
                .endSpec()
                .build();

        assertThat(new Troubles(live(pod, claim()), List.of(), name -> false, LATER).all())
                .containsExactly(new Trouble(
                        "NoStorageClass",
                        "there is no storage class fast; make it, or set redisSpec.storageClassName of a new cluster"));
        assertThat(new Troubles(live(pod, claim()), List.of(), name -> true, LATER).all())
                .extracting(Trouble::reason)
                .containsExactly("UnboundClaim");
    }

    @Test
    void anImageThatCannotBeHadAndAServerThatEnds() {
        assertThat(troubles(waiting("ImagePullBackOff")))
                .containsExactly(new Trouble(
                        "ImagePull",
                        POD
                                + ": the image codis:9 cannot be had; correct spec.codisImage, or give the nodes access; see"
                                + " kubectl describe pod " + POD));
        assertThat(troubles(new PodBuilder(waiting("ErrImagePull"))
                        .editStatus()
                        .editFirstContainerStatus()
                        .withName("codis-server-exporter")
                        .endContainerStatus()
                        .endStatus()
                        .build()))
                .singleElement()
                .extracting(Trouble::message)
                .asString()
                .contains("correct spec.redisSpec.exporterImage,");
        assertThat(troubles(waiting("CrashLoopBackOff")))
                .containsExactly(new Trouble(
                        "Crashing",
                        POD + ": codis-server ends again and again; see kubectl logs " + POD
                                + " -c codis-server --previous"));
        assertThat(troubles(waiting("ContainerCreating"))).isEmpty();
    }

    @Test
    void aProgramThatEndsSaysWhyInItsOwnWordsAlsoWhileItIsTriedAgain() {
        String said = "1:M # bye\ncodis-server: NoEngine: /usr/bin/valkey-server ended 3 times\n";
        String told = POD + ": codis-server ends again and again (Error, exit code 1), codis-server: NoEngine:"
                + " /usr/bin/valkey-server ended 3 times; see kubectl logs " + POD + " -c codis-server --previous";

        assertThat(troubles(ended(waiting("CrashLoopBackOff"), said))).containsExactly(new Trouble("Crashing", told));
        assertThat(troubles(ended(running(LATER.minusSeconds(2)), said)))
                .containsExactly(new Trouble("Crashing", told));
        assertThat(troubles(ended(running(MADE), said)))
                .as("it has run for a minute")
                .isEmpty();
    }

    @Test
    void aSettingThatTheEngineRefusesIsNamedWithItsPodAndGroup() {
        Pod pod = ended(
                waiting("CrashLoopBackOff"),
                "codis-server: SettingsRefused: valkey-server does not take 'hz many': argument must be an integer\n");

        assertThat(troubles(new PodBuilder(pod)
                        .editMetadata()
                        .addToLabels(ObjectNames.GROUP, "2")
                        .endMetadata()
                        .build()))
                .containsExactly(new Trouble(
                        "SettingsRefused",
                        POD + " of group 2: valkey-server does not take 'hz many': argument must be an integer; correct"
                                + " spec.redisSpec.redisConf"));
    }

    @Test
    void aSettingThatAServingEngineRefusesIsNamedToo() {
        var stats = Json.tree("""
                {"group": {"models": [{"id": 2, "servers": [{"server": "%s.c-codis-server-service.shop.svc:6379"}]}]},
                 "live_settings": {"%s.c-codis-server-service.shop.svc:6379":
                   {"digest": "1", "refused": ["valkey-server does not take 'hz many': argument must be an integer"]}}}
                """.formatted(POD, POD).getBytes(StandardCharsets.UTF_8));

        DashboardView view = DashboardView.of(stats, name -> name);
        Pod ready = new PodBuilder(running(MADE))
                .editStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();

        assertThat(Troubles.ofSettings(view, live(running(MADE))))
                .as("said of the one that was there before")
                .isEmpty();
        assertThat(Troubles.ofSettings(view, live(ready)))
                .containsExactly(new Trouble(
                        "SettingsRefused",
                        POD + " of group 2: valkey-server does not take 'hz many': argument must be an integer; correct"
                                + " spec.redisSpec.redisConf"));
    }

    @Test
    void aDirectoryOfTheNodesThatPodSecurityForbids() {
        var deployment = new DeploymentBuilder()
                .withNewMetadata()
                .withName("c-codis-proxy-deployment")
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("ReplicaFailure")
                .withStatus("True")
                .withMessage(HOST_PATH)
                .endCondition()
                .endStatus()
                .build();

        assertThat(troubles(deployment)).extracting(Trouble::reason).containsExactly("LogPathNotAllowed");
    }

    @Test
    void serversThatAreRefusedSayTheSameOnceAndOtherRefusalsInTheirOwnWords() {
        String quota = "create Pod " + POD + " in StatefulSet c failed error: exceeded quota: small";

        var all = new Troubles(live(), List.of(HOST_PATH, HOST_PATH, quota), name -> true, LATER).all();

        assertThat(all).extracting(Trouble::reason).containsExactly("LogPathNotAllowed", "PodsRefused");
        assertThat(all.getLast().message()).isEqualTo(quota);
    }

    @Test
    void everyReasonIsExplainedInTheManual() throws IOException {
        String code = Files.readString(Path.of("src/main/java/io/codis/operator/reconcile/Troubles.java"));
        String manual = Files.readString(Path.of("../docs/kubernetes.md"));

        assertThat(Pattern.compile("new Trouble\\(\\s*\"(\\w+)\"").matcher(code).results())
                .hasSizeGreaterThan(8)
                .allSatisfy(reason -> assertThat(manual).contains("\n| `" + reason.group(1) + "`"));
    }

    private static List<Trouble> troubles(HasMetadata... objects) {
        return new Troubles(live(objects), List.of(), name -> true, LATER).all();
    }

    private static Live live(HasMetadata... objects) {
        return new Live(new ObjectNames("c", "shop"), List.of(objects));
    }

    private static Pod pod() {
        return new PodBuilder()
                .withNewMetadata()
                .withName(POD)
                .withCreationTimestamp(MADE.toString())
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .endStatus()
                .build();
    }

    private static Pod unscheduled(String message) {
        return new PodBuilder(pod())
                .editStatus()
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage(message)
                .endCondition()
                .endStatus()
                .build();
    }

    private static Pod waiting(String reason) {
        return new PodBuilder(pod())
                .editSpec()
                .withNodeName("node")
                .endSpec()
                .editStatus()
                .addNewContainerStatus()
                .withName("codis-server")
                .withImage("codis:9")
                .withNewState()
                .withNewWaiting(null, reason)
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private static Pod running(Instant since) {
        return new PodBuilder(waiting("PodInitializing"))
                .editStatus()
                .editFirstContainerStatus()
                .withNewState()
                .withNewRunning(since.toString())
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    /** Twice, with an error. */
    private static Pod ended(Pod pod, String said) {
        return new PodBuilder(pod)
                .editStatus()
                .editFirstContainerStatus()
                .withReady(false)
                .withRestartCount(2)
                .withNewLastState()
                .withNewTerminated()
                .withExitCode(1)
                .withReason("Error")
                .withMessage(said)
                .endTerminated()
                .endLastState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private static PersistentVolumeClaim claim() {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName("data-" + POD)
                .withCreationTimestamp(MADE.toString())
                .endMetadata()
                .withNewSpec()
                .withStorageClassName("fast")
                .endSpec()
                .withNewStatus()
                .withPhase("Pending")
                .endStatus()
                .build();
    }
}
