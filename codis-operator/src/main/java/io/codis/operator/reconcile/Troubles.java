package io.codis.operator.reconcile;

import io.codis.core.problem.Reason;
import io.codis.core.wire.TakenSettings;
import io.codis.infra.dashboard.DashboardView;
import io.codis.operator.desired.ObjectNames;
import io.codis.operator.drive.Live;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Why pods do not run, in words that a person can act on. */
final class Troubles {

    /** Claims are bound, and schedulers answer, in less than that. */
    private static final Duration USUAL = Duration.ofSeconds(20);

    private static final String CORRECT = "; correct spec.redisSpec.redisConf";

    private static final Set<String> PULLING =
            Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");
    private static final Set<String> STARTING = Set.of("ContainerCreating", "PodInitializing");

    /**
     * @param reason one word
     * @param message for people
     */
    record Trouble(String reason, String message) {}

    private final Live live;
    private final Predicate<String> storageClassExists;
    private final Instant now;
    private final List<String> refusals;

    /**
     * @param refusals what the API server said of servers' pods that it does not let be made
     * @param storageClassExists asked only about the class of a claim that stays unbound
     */
    Troubles(Live live, List<String> refusals, Predicate<String> storageClassExists, Instant now) {
        this.live = live;
        this.refusals = refusals;
        this.storageClassExists = storageClassExists;
        this.now = now;
    }

    /** One per pod at most; those that are not even made first, then by name. */
    List<Trouble> all() {
        Stream<String> refusedByDeployment = live.deployments().stream()
                .flatMap(deployment -> Optional.ofNullable(deployment.getStatus()).stream())
                .flatMap(status -> status.getConditions().stream())
                .filter(condition -> condition.getType().equals("ReplicaFailure"))
                .filter(condition -> condition.getStatus().equals("True"))
                .map(condition -> Objects.toString(condition.getMessage(), ""));
        return Stream.concat(
                        Stream.concat(refusedByDeployment, refusals.stream()).map(Troubles::refused),
                        live.allPods().stream().flatMap(pod -> of(pod).stream()))
                .distinct()
                .toList();
    }

    /** Settings that engines did not take while they run; their servers serve. What is said of one that starts is of before. */
    static Stream<Trouble> ofSettings(DashboardView view, Live live) {
        ObjectNames names = live.names();
        return view.groups().stream()
                .flatMap(group -> group.servers().stream()
                        .filter(server -> live.pod(names.podAt(server.address()))
                                .filter(Readiness::isPodReady)
                                .isPresent())
                        .flatMap(server -> server.settings().map(TakenSettings::refused).orElse(List.of()).stream()
                                .map(words -> new Trouble(
                                        Reason.SETTINGS_REFUSED.word(),
                                        names.podAt(server.address()) + " of group " + group.id() + ": " + words
                                                + CORRECT))));
    }

    private static Trouble refused(String message) {
        return message.contains("hostPath")
                ? new Trouble(
                        "LogPathNotAllowed",
                        "logPath needs a directory of the nodes, which the pod security of this namespace forbids; remove"
                                + " spec.logPath and redisSpec.logPath (logs go to standard output anyway) or label the"
                                + " namespace pod-security.kubernetes.io/enforce=privileged")
                : new Trouble("PodsRefused", message);
    }

    Optional<Trouble> of(Pod pod) {
        if (pod.getMetadata().getDeletionTimestamp() != null || pod.getStatus() == null) {
            return Optional.empty();
        }
        if (pod.getSpec().getNodeName() == null) {
            return unscheduled(pod);
        }
        return Stream.concat(
                        pod.getStatus().getInitContainerStatuses().stream(),
                        pod.getStatus().getContainerStatuses().stream())
                .flatMap(container -> of(pod, container).stream())
                .findFirst();
    }

    private Optional<Trouble> unscheduled(Pod pod) {
        Optional<PodCondition> condition = pod.getStatus().getConditions().stream()
                .filter(each -> each.getType().equals("PodScheduled"))
                .findFirst();
        if (condition.isEmpty()) {
            return !"default-scheduler".equals(pod.getSpec().getSchedulerName())
                            && old(pod.getMetadata().getCreationTimestamp())
                    ? Optional.of(new Trouble(
                            "UnknownScheduler",
                            name(pod) + ": no scheduler named "
                                    + pod.getSpec().getSchedulerName()
                                    + " takes it; start that one, or change redisSpec.scheduler"))
                    : Optional.empty();
        }
        String message = Objects.toString(condition.get().getMessage(), "");
        Optional<Trouble> claim = claims(pod).flatMap(each -> of(each).stream()).findFirst();
        return claim.isPresent() ? claim : Optional.of(noNode(pod, message));
    }

    private Trouble noNode(Pod pod, String message) {
        if (message.contains("anti-affinity")) {
            return new Trouble(
                    "TooFewNodes",
                    name(pod) + ": too few nodes to keep the members of a group apart; add a node, or set"
                            + " redisSpec.antiAffinity: Preferred (" + message + ")");
        }
        // the nodes that have the labels are what counts
        if (message.contains("Insufficient")) {
            return new Trouble(
                    "NoRoom",
                    name(pod) + ": no node has as much left as is requested; add a node, or request less (" + message
                            + ")");
        }
        if (message.contains("node affinity/selector")) {
            return new Trouble(
                    "NoNodeFits",
                    name(pod) + ": no node has " + NodeLabels.asked(pod) + "; label nodes, or ask for others ("
                            + message + ")");
        }
        if (message.contains("node affinity")) {
            return new Trouble(
                    "VolumeElsewhere",
                    name(pod)
                            + ": its volume is on a node that is not there or takes no pods; bring the node back, or give up"
                            + " the volume: codis --context CONTEXT -n "
                            + live.names().namespace() + " --cluster "
                            + live.names().cluster() + " replace-member " + name(pod) + " (" + message + ")");
        }
        return new Trouble("Unschedulable", name(pod) + ": " + message);
    }

    private Stream<PersistentVolumeClaim> claims(Pod pod) {
        Map<String, PersistentVolumeClaim> byName = live.claims().stream()
                .collect(java.util.stream.Collectors.toMap(
                        claim -> claim.getMetadata().getName(), claim -> claim));
        return pod.getSpec().getVolumes().stream()
                .flatMap(volume -> Optional.ofNullable(volume.getPersistentVolumeClaim()).stream())
                .flatMap(source -> Optional.ofNullable(byName.get(source.getClaimName())).stream());
    }

    private Optional<Trouble> of(PersistentVolumeClaim claim) {
        boolean pending =
                claim.getStatus() != null && "Pending".equals(claim.getStatus().getPhase());
        if (!pending || !old(claim.getMetadata().getCreationTimestamp())) {
            return Optional.empty();
        }
        String storageClass = claim.getSpec().getStorageClassName();
        if (storageClass == null) {
            return Optional.of(new Trouble(
                    "NoStorageClass",
                    "claim " + claim.getMetadata().getName() + " is not bound, and the cluster has no default storage"
                            + " class; set redisSpec.storageClassName"));
        }
        if (!storageClassExists.test(storageClass)) {
            return Optional.of(new Trouble(
                    "NoStorageClass",
                    "there is no storage class " + storageClass
                            + "; make it, or set redisSpec.storageClassName of a new cluster"));
        }
        return Optional.of(new Trouble(
                "UnboundClaim",
                "claim " + claim.getMetadata().getName() + " gets no volume of class " + storageClass
                        + "; see kubectl describe pvc " + claim.getMetadata().getName()));
    }

    private Optional<Trouble> of(Pod pod, ContainerStatus container) {
        Optional<ContainerStateWaiting> waiting = Optional.ofNullable(container.getState())
                .map(ContainerState::getWaiting)
                .filter(state -> state.getReason() != null && !STARTING.contains(state.getReason()));
        if (waiting.filter(state -> state.getReason().equals("CrashLoopBackOff"))
                        .isPresent()
                || again(container)) {
            return Optional.of(crashing(pod, container));
        }
        return waiting.map(state -> PULLING.contains(state.getReason())
                ? new Trouble(
                        "ImagePull",
                        name(pod) + ": the image " + container.getImage() + " cannot be had; correct "
                                + imageField(pod, container)
                                + ", or give the nodes access; see kubectl describe pod " + name(pod))
                : new Trouble(
                        state.getReason(),
                        name(pod) + ": " + container.getName() + " does not start"
                                + (state.getMessage() == null ? "" : " (" + state.getMessage() + ")")));
    }

    /** The field that the image of a container comes from. */
    private static String imageField(Pod pod, ContainerStatus container) {
        return switch (container.getName()) {
            case "codis-server-exporter" -> "spec.redisSpec.exporterImage";
            case "codis-backup" -> "spec.redisSpec.backupImage, or spec.codisImage where that is not given";
            case String name when name.startsWith("codis-") -> "spec.codisImage";
            default -> NodeLabels.field(pod, "podTemplate");
        };
    }

    /** Between two ends of a program that ends again and again: so that this is not said to be over for a moment. */
    private boolean again(ContainerStatus container) {
        ContainerState state = container.getState();
        if (state == null || ended(container).isEmpty() || container.getRestartCount() < 2) {
            return false;
        }
        return state.getTerminated() != null
                || state.getRunning() != null
                        && !container.getReady()
                        && !old(state.getRunning().getStartedAt());
    }

    /** How it ended with an error, now or before it was started again. */
    private static Optional<ContainerStateTerminated> ended(ContainerStatus container) {
        return Stream.of(Optional.ofNullable(container.getState()), Optional.ofNullable(container.getLastState()))
                .flatMap(Optional::stream)
                .flatMap(state -> Optional.ofNullable(state.getTerminated()).stream())
                .filter(state -> state.getExitCode() != 0)
                .findFirst();
    }

    private static Trouble crashing(Pod pod, ContainerStatus container) {
        String program = container.getName();
        String words = ended(container).map(state -> lastWords(program, state)).orElse("");
        String refused = program + ": " + Reason.SETTINGS_REFUSED.word() + ": ";
        if (words.startsWith(refused)) {
            return new Trouble(
                    Reason.SETTINGS_REFUSED.word(),
                    name(pod) + group(pod) + ": " + words.substring(refused.length()) + CORRECT);
        }
        String how = ended(container)
                .map(state -> " (" + state.getReason() + ", exit code " + state.getExitCode() + ")")
                .orElse("");
        return new Trouble(
                "Crashing",
                name(pod) + ": " + program + " ends again and again" + how + (words.isEmpty() ? "" : ", " + words)
                        + "; see kubectl logs " + name(pod) + " -c " + program + " --previous");
    }

    /** The line with which the program says why it ends, else the last one of its log. */
    private static String lastWords(String program, ContainerStateTerminated state) {
        List<String> lines = Objects.toString(state.getMessage(), "")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.reversed().stream()
                .filter(line -> line.startsWith(program + ": "))
                .findFirst()
                .orElse(lines.isEmpty() ? "" : lines.getLast());
    }

    private static String group(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getLabels())
                .map(labels -> labels.get(ObjectNames.GROUP))
                .map(group -> " of group " + group)
                .orElse("");
    }

    private boolean old(String timestamp) {
        return Instant.parse(timestamp).plus(USUAL).isBefore(now);
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }
}
