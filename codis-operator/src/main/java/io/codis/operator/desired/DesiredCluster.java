package io.codis.operator.desired;

import io.codis.core.plan.Part;
import io.codis.infra.secret.ClusterSecret;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every object of a cluster, as it should be. Pods come from the workloads, which the plan starts. */
public final class DesiredCluster {

    private final Wanted wanted;
    private final ServerObjects servers;
    private final ControlObjects control;
    private final ProxyObjects proxies;
    private final BackupObjects backups;
    private final SharedObjects shared;

    /** As it would be made now. */
    public DesiredCluster(Wanted wanted) {
        this(wanted, Former.NOTHING);
    }

    /** @param former pods stay as they were made for the same wish (decision 31) */
    public DesiredCluster(Wanted wanted, Former former) {
        this.wanted = wanted;
        this.servers = new ServerObjects(wanted, former);
        this.control = new ControlObjects(wanted, former);
        this.proxies = new ProxyObjects(wanted, former);
        this.backups = new BackupObjects(wanted, former);
        this.shared = new SharedObjects(wanted);
    }

    public Secret secret(String hex) {
        return shared.secret(hex);
    }

    /**
     * The exporters' password.
     *
     * @param hex of the cluster's secret
     */
    public Optional<Secret> exporterLogin(String hex) {
        var exporter = new Exporter(wanted);
        return exporter.wanted() ? Optional.of(exporter.login(ClusterSecret.of(hex))) : Optional.empty();
    }

    /** What finds the exporters where Prometheus's operator runs; its kind may be unknown. */
    public Optional<GenericKubernetesResource> monitor() {
        var exporter = new Exporter(wanted);
        return exporter.wanted() ? Optional.of(exporter.monitor()) : Optional.empty();
    }

    /**
     * What has to be there before any workload, and harms nobody: accounts, configuration, Services, budgets.
     *
     * @param groups that have servers, wanted or not yet gone
     */
    public List<HasMetadata> surroundings(Iterable<Integer> groups) {
        var objects = new ArrayList<HasMetadata>();
        objects.add(shared.account("part"));
        objects.add(shared.account(ControlObjects.DASHBOARD));
        objects.add(control.role());
        objects.add(control.binding());
        objects.add(servers.config());
        objects.add(servers.service());
        objects.addAll(new Policies(wanted).all());
        groups.forEach(group -> objects.add(servers.budget(group)));
        objects.add(control.config(Part.DASHBOARD));
        objects.add(control.service(Part.DASHBOARD));
        objects.add(shared.budget(ControlObjects.DASHBOARD));
        if (wanted.spec().fe().replicas() > 0) {
            objects.add(control.config(Part.FE));
            objects.add(control.service(Part.FE));
        }
        objects.add(proxies.config());
        objects.add(proxies.service());
        objects.add(shared.budget(ProxyObjects.COMPONENT));
        proxies.autoscaler().ifPresent(objects::add);
        return objects;
    }

    /**
     * Backups by a schedule; empty when none are wanted, or there is no place for them.
     *
     * @param node that they are pinned to where they go into a directory of the nodes; empty while that is not decided
     */
    public Optional<CronJob> backups(Optional<String> node) {
        return backups.cronJob(node);
    }

    /** The volume for backups as it is made at first, where they go into one. */
    public Optional<PersistentVolumeClaim> backupClaim() {
        return backups.claim();
    }

    /** One of each kind. */
    List<HasMetadata> workloads() {
        var objects = new ArrayList<HasMetadata>(List.of(servers(1, 1), proxies(1)));
        proxies.autoscaler().ifPresent(objects::add);
        for (Part part : Part.values()) {
            objects.add(part(part));
        }
        backups(Optional.of("node")).ifPresent(objects::add);
        return objects;
    }

    public StatefulSet servers(int group, int replicas) {
        return servers.statefulSet(group, replicas);
    }

    /** What the servers read, when they start and while they run. */
    public ConfigMap serverSettings() {
        return servers.config();
    }

    /** Whether a server's pod was made from what is wanted now. */
    public boolean current(Pod pod, int group) {
        return Optional.ofNullable(pod.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(ServerObjects.REVISION))
                .filter(servers.revision(group)::equals)
                .isPresent();
    }

    public Deployment part(Part part) {
        return control.deployment(part);
    }

    public Deployment proxies(int replicas) {
        return proxies(replicas, true);
    }

    /** @param serving whether some of them has clients: then those that are there wait for those that replace them */
    public Deployment proxies(int replicas, boolean serving) {
        return proxies.deployment(replicas, serving);
    }
}
