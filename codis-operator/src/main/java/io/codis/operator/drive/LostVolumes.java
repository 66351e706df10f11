package io.codis.operator.drive;

import io.codis.core.problem.CodisException;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.NamedMember;
import io.codis.operator.desired.ObjectNames;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.VolumeNodeAffinity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicas whose volume was on a node that Kubernetes does not have any more: they get another one, and their data from
 * their master. A volume that can follow its pod is left alone, and so is whatever no master that serves could give again.
 */
public final class LostVolumes {

    private static final Logger LOG = LoggerFactory.getLogger(LostVolumes.class);
    private static final String HOSTNAME = "kubernetes.io/hostname";
    /** A node that is registered anew is back by then. */
    private static final Duration USUAL = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final ObjectNames names;
    private final Live live;

    public LostVolumes(KubernetesClient client, ObjectNames names, Live live) {
        this.client = client;
        this.names = names;
        this.live = live;
    }

    /** @return names of the pods that get another volume from now on */
    public List<String> replace(DashboardView view, Instant now) {
        return live.allPods().stream()
                .filter(pod -> waitsForItsNode(pod, now))
                .filter(pod -> names.memberAt(pod.getMetadata().getName())
                        .filter(member -> given(view, names.address(member)))
                        .isPresent())
                .flatMap(pod -> claim(pod).filter(this::lost).stream())
                .map(this::askAnew)
                .toList();
    }

    private static boolean waitsForItsNode(Pod pod, Instant now) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getSpec().getNodeName() == null
                && pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("PodScheduled")
                                && condition.getStatus().equals("False")
                                && Instant.parse(condition.getLastTransitionTime())
                                        .plus(USUAL)
                                        .isBefore(now));
    }

    private static boolean given(DashboardView view, String address) {
        try {
            NamedMember.of(view, address, UnaryOperator.identity()).replaceable();
            return true;
        } catch (CodisException e) {
            return false;
        }
    }

    private Optional<PersistentVolumeClaim> claim(Pod pod) {
        return names.memberAt(pod.getMetadata().getName())
                .map(names::claim)
                .flatMap(name -> live.claims().stream()
                        .filter(claim -> claim.getMetadata().getName().equals(name))
                        .filter(claim -> claim.getMetadata().getDeletionTimestamp() == null)
                        .findFirst());
    }

    /** Only a volume that names its node can be lost with it. Not being allowed to look is no proof. */
    private boolean lost(PersistentVolumeClaim claim) {
        String name = claim.getSpec().getVolumeName();
        if (name == null || name.isEmpty()) {
            return false;
        }
        try {
            List<String> nodes = nodes(client.persistentVolumes().withName(name).get());
            return !nodes.isEmpty() && nodes.stream().allMatch(this::gone);
        } catch (KubernetesClientException e) {
            if (e.getCode() == 403) {
                return false;
            }
            throw e;
        }
    }

    private static List<String> nodes(PersistentVolume volume) {
        return Optional.ofNullable(volume)
                .map(found -> found.getSpec().getNodeAffinity())
                .map(VolumeNodeAffinity::getRequired)
                .map(NodeSelector::getNodeSelectorTerms)
                .stream()
                .flatMap(List::stream)
                .flatMap(term -> term.getMatchExpressions().stream())
                .filter(rule ->
                        rule.getKey().equals(HOSTNAME) && rule.getOperator().equals("In"))
                .map(NodeSelectorRequirement::getValues)
                .flatMap(List::stream)
                .toList();
    }

    private boolean gone(String hostname) {
        return client.nodes().withLabel(HOSTNAME, hostname).list().getItems().isEmpty();
    }

    private String askAnew(PersistentVolumeClaim claim) {
        LOG.warn(
                "event=volume-lost-with-its-node claim={} volume={}",
                claim.getMetadata().getName(),
                claim.getSpec().getVolumeName());
        return Volumes.replace(client, claim);
    }
}
