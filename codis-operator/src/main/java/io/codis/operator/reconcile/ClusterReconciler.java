package io.codis.operator.reconcile;

import io.codis.core.plan.ClusterPlanner;
import io.codis.core.plan.Plan;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.SpecProblem;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardView;
import io.codis.operator.api.ClusterStatus;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.ObjectNames;
import io.codis.operator.desired.Wanted;
import io.codis.operator.drive.Applier;
import io.codis.operator.drive.KeptData;
import io.codis.operator.drive.KubernetesDriver;
import io.codis.operator.drive.Live;
import io.codis.operator.drive.LostVolumes;
import io.codis.operator.drive.Monitors;
import io.codis.operator.metrics.OperatorMetrics;
import io.codis.operator.metrics.OperatorMetrics.ClusterFigures;
import io.codis.operator.reconcile.StatusReport.Outcome;
import io.codis.operator.reconcile.Troubles.Trouble;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one cluster a few steps nearer to what is wanted, says where it is, and comes back. */
@ControllerConfiguration(name = "codiscluster")
public final class ClusterReconciler implements Reconciler<CodisCluster> {

    /** Reasons that pass by themselves. */
    static final Set<Reason> PASSING = EnumSet.of(Reason.UNAVAILABLE, Reason.NOT_READY, Reason.TIMED_OUT, Reason.BUSY);

    private static final Logger LOG = LoggerFactory.getLogger(ClusterReconciler.class);
    private static final Duration WORKING = Duration.ofSeconds(1);
    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final int SECRET_BYTES = 32;
    private static final int STEPS_SHOWN = 3;
    private static final List<Class<? extends HasMetadata>> KINDS = List.of(
            StatefulSet.class,
            Deployment.class,
            Pod.class,
            PersistentVolumeClaim.class,
            Service.class,
            ConfigMap.class,
            Secret.class,
            ServiceAccount.class,
            Role.class,
            RoleBinding.class,
            NetworkPolicy.class,
            PodDisruptionBudget.class,
            HorizontalPodAutoscaler.class,
            CronJob.class,
            Job.class);

    private final String image;
    private final Applier applier;
    private final OperatorMetrics metrics;
    private final Dashboards dashboards = new Dashboards();
    private @Nullable Cache<CodisCluster> clusters;
    private final KeptData kept = new KeptData();
    private final Monitors monitors = new Monitors();
    private final Refusals refusals = new Refusals();
    /** By uid, those of the last pass: until the caches have heard of them they are planned and done once more. */
    private final Map<String, Set<Step>> lastSteps = new ConcurrentHashMap<>();

    /** @param image of clusters that name none */
    public ClusterReconciler(String image, Applier applier, OperatorMetrics metrics) {
        this.image = image;
        this.applier = applier;
        this.metrics = metrics;
    }

    @Override
    public List<EventSource<?, CodisCluster>> prepareEventSources(EventSourceContext<CodisCluster> context) {
        clusters = context.getPrimaryCache();
        var sources = new ArrayList<EventSource<?, CodisCluster>>();
        KINDS.forEach(kind -> sources.add(source(kind, context)));
        return sources;
    }

    private static <T extends HasMetadata> EventSource<T, CodisCluster> source(
            Class<T> kind, EventSourceContext<CodisCluster> context) {
        var configuration = InformerEventSourceConfiguration.from(kind, CodisCluster.class)
                .withName(kind.getSimpleName())
                .withLabelSelector(ObjectNames.MANAGED_BY + "=" + ObjectNames.OPERATOR)
                .withNamespacesInheritedFromController()
                .withSecondaryToPrimaryMapper(object -> Set.of(new ResourceID(
                        object.getMetadata().getLabels().getOrDefault(ObjectNames.CLUSTER, ""),
                        object.getMetadata().getNamespace())))
                .build();
        return new InformerEventSource<>(configuration, context);
    }

    @Override
    public UpdateControl<CodisCluster> reconcile(CodisCluster resource, Context<CodisCluster> context) {
        var live = new Live(
                ObjectNames.of(resource),
                KINDS.stream()
                        .flatMap(kind -> context.getSecondaryResources(kind).stream())
                        .toList(),
                applier::last);
        String otherwise = live.image(resource).orElse(image);
        return switch (new Acceptance(otherwise, context.getClient()).of(resource, known())) {
            case Wanted.Reading.Wrong(List<SpecProblem> problems) -> invalid(resource, problems, context.getClient());
            case Wanted.Reading.Right(Wanted wanted) -> bring(wanted.autoscaled(live.proxies()), live, context);
        };
    }

    private Stream<CodisCluster> known() {
        return Optional.ofNullable(clusters).stream().flatMap(Cache::list);
    }

    private UpdateControl<CodisCluster> bring(Wanted wanted, Live live, Context<CodisCluster> context) {
        dashboards.closeOthers(this::uids);
        lastSteps.keySet().retainAll(uids());
        Optional<DashboardApi> dashboard = dashboards.of(
                wanted.resource().getMetadata().getUid(), wanted.spec().productName(), live);
        var driver = new KubernetesDriver(context.getClient(), applier, wanted, live, dashboard);
        Outcome outcome = wanted.paused() ? look(wanted, driver) : pass(wanted, driver, live, context);
        Optional<ClusterStatus> before = Optional.ofNullable(wanted.resource().getStatus());
        RollReport roll = RollReport.of(wanted, live, driver.view(), Instant.now());
        // until all are replaced, servers of before may refuse what is meant for those that come
        List<Trouble> troubles = Stream.concat(
                        troubles(live, context.getClient()).stream(),
                        driver.view().filter(view -> roll.replaced()).stream()
                                .flatMap(view -> Troubles.ofSettings(view, live)))
                .toList();
        var report = new StatusReport(wanted, live, driver.view(), roll);
        ClusterStatus status = Figures.measured(driver.view(), Instant.now())
                .status(before, figures -> report.status(outcome, troubles, before, figures));
        driver.view().ifPresent(view -> metrics.cluster(figures(wanted, view, outcome)));
        Duration pause = outcome.done() && roll.current() ? SETTLED : WORKING;
        if (before.filter(status::equals).isPresent()) {
            return UpdateControl.<CodisCluster>noUpdate().rescheduleAfter(pause);
        }
        new Warnings(wanted.resource(), before, new Events(context.getClient())).about(status, outcome, troubles);
        return UpdateControl.patchStatus(only(status, wanted.resource(), new CodisCluster()))
                .rescheduleAfter(pause);
    }

    private Set<String> uids() {
        return Optional.ofNullable(clusters).stream()
                .flatMap(Cache::list)
                .map(each -> each.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    private List<Trouble> troubles(Live live, KubernetesClient client) {
        Instant now = Instant.now();
        List<String> refused = refusals.of(live, now, set -> Refusals.events(client, set));
        return new Troubles(live, refused, name -> storageClassExists(client, name), now).all();
    }

    private static ClusterFigures figures(Wanted wanted, DashboardView view, Outcome outcome) {
        return new ClusterFigures(
                wanted.names().namespace(),
                wanted.names().cluster(),
                view.groups().stream()
                        .collect(Collectors.toMap(DashboardView.Group::id, group -> view.owned(group.id()))),
                view.groups().stream().mapToLong(StatusReport::goodServers).sum(),
                view.proxies().stream().filter(DashboardView.Proxy::online).count(),
                outcome.done());
    }

    private Outcome pass(Wanted wanted, KubernetesDriver driver, Live live, Context<CodisCluster> context) {
        Plan plan = new Plan(List.of(new Step.AwaitDashboard()));
        var events = new Events(context.getClient());
        var done = new HashSet<Step>();
        Set<Step> before = Optional.ofNullable(
                        lastSteps.put(wanted.resource().getMetadata().getUid(), done))
                .orElse(Set.of());
        try {
            ensureSecret(wanted, live, context);
            driver.maintain().forEach(name -> events.rolls(wanted.resource(), name));
            kept.keep(wanted, live, driver.view().isPresent(), context.getClient());
            monitors.keep(wanted, context.getClient(), Instant.now());
            driver.forgetLostProxies();
            var lost = new LostVolumes(context.getClient(), wanted.names(), live);
            driver.view().stream()
                    .flatMap(view -> lost.replace(view, Instant.now()).stream())
                    .forEach(
                            pod -> events.did(
                                    wanted.resource(),
                                    "ReplaceMember",
                                    pod
                                            + " gets a new volume: the node of the former one is gone; its master gives it its data"));
            plan = ClusterPlanner.plan(wanted.spec(), driver.observe());
            for (Step step : plan.steps()) {
                driver.apply(step);
                done.add(step);
                if (!before.contains(step)) {
                    events.did(wanted.resource(), step, wanted.names()::pod);
                    LOG.info(
                            "cluster={}/{} step=\"{}\"",
                            wanted.names().namespace(),
                            wanted.names().cluster(),
                            step.text(wanted.names()::pod));
                }
            }
            List<String> replacing = plan.isEmpty() ? driver.replacing() : List.of();
            if (!replacing.isEmpty()) {
                String what = "replacing the pods of " + String.join(", ", replacing);
                return new Outcome(plan, Optional.of(Reason.NOT_READY), what);
            }
            return new Outcome(
                    plan,
                    Optional.empty(),
                    plan.isEmpty() ? "" : plan.steps().getLast().text(wanted.names()::pod));
        } catch (CodisException e) {
            return new Outcome(plan, Optional.of(e.reason()), String.valueOf(e.getMessage()));
        } catch (KubernetesClientException e) {
            LOG.warn(
                    "cluster={}/{} kubernetes={}",
                    wanted.names().namespace(),
                    wanted.names().cluster(),
                    e.getMessage());
            Refused refused = Refused.of(e, wanted);
            return new Outcome(plan, Optional.of(refused.reason()), refused.message());
        }
    }

    /** What would be done. */
    private static Outcome look(Wanted wanted, KubernetesDriver driver) {
        Plan plan = ClusterPlanner.plan(wanted.spec(), driver.observe());
        if (plan.isEmpty()) {
            return new Outcome(plan, Optional.empty(), "");
        }
        String steps = plan.steps().stream()
                .limit(STEPS_SHOWN)
                .map(step -> step.text(wanted.names()::pod))
                .collect(Collectors.joining(", "));
        int more = plan.steps().size() - STEPS_SHOWN;
        return new Outcome(
                plan,
                Optional.of(Reason.PAUSED),
                "paused before: " + steps + (more > 0 ? " and " + more + " more" : ""));
    }

    /** Not being allowed to look is no proof that there is none. */
    private static boolean storageClassExists(KubernetesClient client, String name) {
        try {
            return client.storage().v1().storageClasses().withName(name).get() != null;
        } catch (KubernetesClientException e) {
            return true;
        }
    }

    /**
     * What is applied: the status, and nothing that somebody else may have changed meanwhile.
     *
     * @param applied an empty one of its kind
     */
    public static <T extends CustomResource<?, ClusterStatus>> T only(ClusterStatus status, T resource, T applied) {
        applied.getMetadata().setName(resource.getMetadata().getName());
        applied.getMetadata().setNamespace(resource.getMetadata().getNamespace());
        applied.setStatus(status);
        return applied;
    }

    private static void ensureSecret(Wanted wanted, Live live, Context<CodisCluster> context) {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        Secret secret = new DesiredCluster(wanted).secret(HexFormat.of().formatHex(random));
        if (live.current(secret).isPresent()) {
            return;
        }
        try {
            context.getClient().resource(secret).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
        }
    }

    private UpdateControl<CodisCluster> invalid(
            CodisCluster resource, List<SpecProblem> problems, KubernetesClient client) {
        String message = problems.stream().map(SpecProblem::text).collect(Collectors.joining("; "));
        Optional<ClusterStatus> before = Optional.ofNullable(resource.getStatus());
        var conditions = new Conditions(
                before.map(ClusterStatus::conditions).orElse(null),
                resource.getMetadata().getGeneration());
        var status = new ClusterStatus(
                resource.getMetadata().getGeneration(),
                "Invalid",
                message,
                before.map(ClusterStatus::address).orElse(null),
                before.map(ClusterStatus::summary).orElse(null),
                before.map(ClusterStatus::servers).orElse(null),
                before.map(ClusterStatus::selector).orElse(null),
                conditions.with(List.of(
                        conditions.of("Ready", false, Reason.INVALID_ARGUMENT.word(), message),
                        conditions.of("Progressing", false, Reason.INVALID_ARGUMENT.word(), message))),
                before.map(ClusterStatus::image).orElse(null),
                before.map(ClusterStatus::progress).orElse(null),
                before.map(ClusterStatus::groups).orElse(null),
                before.map(ClusterStatus::measuredAt).orElse(null),
                before.map(ClusterStatus::addresses).orElse(null));
        if (before.filter(status::equals).isPresent()) {
            return UpdateControl.<CodisCluster>noUpdate().rescheduleAfter(SETTLED);
        }
        new Warnings(resource, before, new Events(client)).about(Reason.INVALID_ARGUMENT, message);
        return UpdateControl.patchStatus(only(status, resource, new CodisCluster()))
                .rescheduleAfter(SETTLED);
    }
}
