package io.codis.operator.drive;

import io.codis.core.plan.MemberId;
import io.codis.operator.api.ClusterStatus;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.Former;
import io.codis.operator.desired.ObjectNames;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A cluster's objects as the caches have them; they may be a moment old. */
public final class Live {

    private final ObjectNames names;
    private final Map<String, HasMetadata> objects;
    private final Former gone;

    public Live(ObjectNames names, Collection<? extends HasMetadata> objects) {
        this(names, objects, Former.NOTHING);
    }

    /** @param gone what was there last of an object that is not there now, and is to be again */
    public Live(ObjectNames names, Collection<? extends HasMetadata> objects, Former gone) {
        this.names = names;
        this.gone = gone;
        this.objects = objects.stream()
                .collect(Collectors.toMap(Live::key, Function.identity(), (first, second) -> second, TreeMap::new));
    }

    /** The object of that kind and name, if it is there. */
    public Optional<HasMetadata> current(HasMetadata desired) {
        return Optional.ofNullable(objects.get(key(desired)));
    }

    /** The same, or what is known of it if it is not there. */
    public Optional<HasMetadata> former(HasMetadata desired) {
        return current(desired).or(() -> gone.of(desired));
    }

    public ObjectNames names() {
        return names;
    }

    static String key(HasMetadata object) {
        return object.getKind() + "/" + object.getMetadata().getName();
    }

    /** By group. */
    public SortedMap<Integer, StatefulSet> serverSets() {
        return byGroup(StatefulSet.class);
    }

    /** Those of servers, by group. */
    SortedMap<Integer, PodDisruptionBudget> budgets() {
        return byGroup(PodDisruptionBudget.class);
    }

    private <T extends HasMetadata> SortedMap<Integer, T> byGroup(Class<T> type) {
        var byGroup = new TreeMap<Integer, T>();
        of(type).stream()
                .filter(each -> each.getMetadata().getDeletionTimestamp() == null)
                .forEach(each -> Optional.ofNullable(
                                each.getMetadata().getLabels().get(ObjectNames.GROUP))
                        .ifPresent(group -> byGroup.put(Integer.parseInt(group), each)));
        return byGroup;
    }

    /** Servers that a group has or is getting. */
    public int servers(int group) {
        return Optional.ofNullable(serverSets().get(group))
                .map(set -> set.getSpec().getReplicas())
                .orElse(0);
    }

    /** Proxies that there are or are to be. */
    public int proxies() {
        return deployment("proxy")
                .map(deployment -> deployment.getSpec().getReplicas())
                .orElse(0);
    }

    /** What decides how many proxies there are. */
    Optional<HorizontalPodAutoscaler> autoscaler() {
        return of(HorizontalPodAutoscaler.class).stream().findFirst();
    }

    /** Names of pods that a set of servers is to have and that are not there in any state. */
    public List<String> missingPods(StatefulSet set) {
        int group = Integer.parseInt(set.getMetadata().getLabels().get(ObjectNames.GROUP));
        return IntStream.rangeClosed(1, set.getSpec().getReplicas())
                .mapToObj(ordinal -> names.pod(new MemberId(group, ordinal)))
                .filter(name -> pod(name).isEmpty())
                .toList();
    }

    /** Highest ordinal of a group's pods, from 1; 0 without any. */
    int lastPod(int group) {
        return of(Pod.class).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .flatMap(pod -> names.member(pod.getMetadata().getName()).stream())
                .filter(member -> member.group() == group)
                .mapToInt(MemberId::ordinal)
                .max()
                .orElse(0);
    }

    /** In whatever state. */
    public Optional<Pod> pod(String name) {
        return Optional.ofNullable((Pod) objects.get("Pod/" + name));
    }

    /** By name, in whatever state. */
    public List<Pod> allPods() {
        return of(Pod.class);
    }

    public List<Deployment> deployments() {
        return of(Deployment.class);
    }

    /** The hex digits of the cluster's secret. */
    Optional<String> clusterSecret() {
        return of(Secret.class).stream()
                .filter(secret -> secret.getMetadata().getName().equals(names.secret()))
                .flatMap(secret -> Optional.ofNullable(secret.getData()).stream())
                .flatMap(data -> data.values().stream())
                .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.US_ASCII))
                .findFirst();
    }

    /** The servers' volumes. */
    public List<PersistentVolumeClaim> claims() {
        return of(PersistentVolumeClaim.class);
    }

    public Optional<Deployment> deployment(String component) {
        return of(Deployment.class).stream()
                .filter(each -> each.getMetadata().getName().equals(names.deployment(component)))
                .filter(each -> each.getMetadata().getDeletionTimestamp() == null)
                .findFirst();
    }

    public Optional<Service> service(String component) {
        return of(Service.class).stream()
                .filter(each -> each.getMetadata().getName().equals(names.service(component)))
                .findFirst();
    }

    /** Pods that are not on their way out and have an address, the oldest first. */
    public List<Pod> pods(String component) {
        return of(Pod.class).stream()
                .filter(pod -> component.equals(pod.getMetadata().getLabels().get(ObjectNames.COMPONENT)))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.getStatus() != null && pod.getStatus().getPodIP() != null)
                .filter(pod ->
                        !List.of("Failed", "Succeeded").contains(pod.getStatus().getPhase()))
                .sorted(Comparator.comparing((Pod pod) -> pod.getMetadata().getCreationTimestamp())
                        .thenComparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    /**
     * What a cluster has run last, for one that names no image: by its status; where that says nothing, by a server that
     * serves; where the status is lost, by what its servers were to run.
     */
    public Optional<String> image(CodisCluster resource) {
        Optional<ClusterStatus> status = Optional.ofNullable(resource.getStatus());
        return status.map(ClusterStatus::image)
                .or(() -> pods("server").stream()
                        .filter(Readiness::isPodReady)
                        .findFirst()
                        .flatMap(pod -> image(pod.getSpec())))
                .or(() -> serverSets().values().stream()
                        .filter(set -> status.isEmpty())
                        .findFirst()
                        .flatMap(set -> image(set.getSpec().getTemplate().getSpec())));
    }

    private static Optional<String> image(PodSpec server) {
        return server.getContainers().stream().findFirst().map(Container::getImage);
    }

    /** The names of servers by the addresses that engines use among themselves. */
    public Map<String, String> serverNames() {
        var byAddress = new TreeMap<String, String>();
        pods("server")
                .forEach(pod -> names.member(pod.getMetadata().getName())
                        .ifPresent(member -> byAddress.put(
                                pod.getStatus().getPodIP() + ":" + ObjectNames.SERVER_PORT, names.address(member))));
        return byAddress;
    }

    /** By the pods' own addresses: so the operator needs no name service to manage a cluster. Those that are ready first. */
    public List<String> dashboardAddresses() {
        return pods("dashboard").stream()
                .sorted(Comparator.comparing(Readiness::isPodReady).reversed())
                .map(pod -> pod.getStatus().getPodIP() + ":" + ObjectNames.DASHBOARD_PORT)
                .toList();
    }

    /** What makes backups by a schedule. */
    public Optional<CronJob> backupSchedule() {
        return of(CronJob.class).stream().findFirst();
    }

    /** The runs of it that are still known, the newest first. */
    public List<Job> backupRuns() {
        return of(Job.class).stream()
                .sorted(Comparator.comparing((Job job) -> job.getMetadata().getCreationTimestamp())
                        .reversed())
                .toList();
    }

    private <T extends HasMetadata> List<T> of(Class<T> type) {
        return objects.values().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }
}
