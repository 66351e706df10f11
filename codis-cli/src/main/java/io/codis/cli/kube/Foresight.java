package io.codis.cli.kube;

import io.codis.core.plan.ClusterPlanner;
import io.codis.core.plan.MemberId;
import io.codis.core.plan.Observed;
import io.codis.core.plan.Part;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.LiveSettings;
import io.codis.core.spec.SpecProblem;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.Wanted;
import io.codis.operator.drive.Applier;
import io.codis.operator.drive.KubernetesDriver;
import io.codis.operator.drive.Live;
import io.codis.operator.reconcile.Acceptance;
import io.codis.operator.reconcile.Refused;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the operator will do to make a cluster as wanted.
 *
 * @param steps in words, in order
 * @param verdict what that means for clients and data
 * @param notes on what is wanted; nothing fails because of them
 */
public record Foresight(List<String> steps, String verdict, List<String> notes) {

    private static final String OWN = "the engine's default";

    static Foresight of(KubernetesClient client, Live live, Optional<DashboardApi> dashboard, CodisCluster resource) {
        Wanted wanted = right(new Acceptance(live.image(resource).orElseGet(() -> image(live)), client)
                        .of(resource, all(client, resource)))
                .autoscaled(live.proxies());
        var applier = new Applier(client);
        var driver = new KubernetesDriver(client, applier, wanted, live, dashboard);
        rehearse(driver, wanted);
        Observed observed = driver.observe();
        List<Step> planned = ClusterPlanner.plan(wanted.spec(), observed).steps();
        var desired = new DesiredCluster(wanted, live::former);
        List<String> renewed = renewed(applier, desired, live);
        List<String> set = setLive(client, desired.serverSettings());
        List<MemberId> behind = observed.groups().values().stream()
                .flatMap(group -> group.members().stream())
                .filter(member -> member.freshness() != Observed.Freshness.CURRENT)
                .map(Observed.Member::id)
                .filter(id -> planned.stream().noneMatch(step -> step.equals(new Step.DiscardServer(id))))
                .toList();
        var steps = new ArrayList<>(set);
        Function<MemberId, String> pods = wanted.names()::pod;
        renewed.forEach(part -> steps.add("replace the pods of " + part + " one after another"));
        planned.stream().map(step -> step.text(pods)).forEach(steps::add);
        behind.stream()
                .map(id -> new Step.RestartServer(id).text(pods) + ", when all else is done")
                .filter(text -> planned.stream().noneMatch(step -> text.startsWith(step.text(pods) + ",")))
                .forEach(steps::add);
        return new Foresight(
                steps,
                verdict(planned, renewed, behind, !set.isEmpty(), pods),
                wanted.spec().redis().settingsLeftOut().stream().toList());
    }

    private static void rehearse(KubernetesDriver driver, Wanted wanted) {
        try {
            driver.rehearse();
        } catch (KubernetesClientException e) {
            Refused refused = Refused.of(e, wanted);
            throw new CodisException(refused.reason(), refused.message(), e);
        }
    }

    private static Wanted right(Wanted.Reading reading) {
        return switch (reading) {
            case Wanted.Reading.Right(Wanted wanted) -> wanted;
            case Wanted.Reading.Wrong(List<SpecProblem> problems) ->
                throw new CodisException(
                        Reason.INVALID_ARGUMENT,
                        problems.stream().map(SpecProblem::text).collect(Collectors.joining("\n")));
        };
    }

    /** Of all namespaces; of one where that is all that may be seen. */
    private static Stream<CodisCluster> all(KubernetesClient client, CodisCluster resource) {
        var clusters = client.resources(CodisCluster.class);
        try {
            return clusters.inAnyNamespace().list().getItems().stream();
        } catch (KubernetesClientException e) {
            return clusters.inNamespace(resource.getMetadata().getNamespace()).list().getItems().stream();
        }
    }

    /** One that has never run has the operator's image, which only its pods tell. */
    private static String image(Live live) {
        return live.deployments().stream()
                .flatMap(each -> each.getSpec().getTemplate().getSpec().getContainers().stream())
                .map(Container::getImage)
                .findFirst()
                .orElse("codis");
    }

    /** Deployments whose pods would be others; only the API server knows what it fills in. */
    private static List<String> renewed(Applier applier, DesiredCluster desired, Live live) {
        return Stream.concat(Stream.of(Part.values()).map(desired::part), Stream.of(desired.proxies(1)))
                .filter(deployment -> live.current(deployment)
                        .filter(there -> !applier.tried(deployment)
                                .getSpec()
                                .getTemplate()
                                .equals(((Deployment) there).getSpec().getTemplate()))
                        .isPresent())
                .map(deployment -> deployment.getMetadata().getName())
                .toList();
    }

    /** Only the settings that are there tell: a spec that is stored already may have reached the servers or not. */
    private static List<String> setLive(KubernetesClient client, ConfigMap wish) {
        return Optional.ofNullable(client.resource(wish).get()).stream()
                .flatMap(there -> setLive(text(there), text(wish)))
                .toList();
    }

    private static String text(ConfigMap settings) {
        return Optional.ofNullable(settings.getData()).map(Map::values).stream()
                .flatMap(Collection::stream)
                .collect(Collectors.joining());
    }

    /** What servers are given while they run to get from one file to the other. */
    static Stream<String> setLive(String there, String wish) {
        Map<String, String> now = LiveSettings.in(there);
        Map<String, String> wanted = LiveSettings.in(wish);
        return Stream.concat(now.keySet().stream(), wanted.keySet().stream())
                .distinct()
                .sorted()
                .filter(name -> !Objects.equals(now.get(name), wanted.get(name)))
                .map(name -> "set live at the servers, for which none is restarted: " + name + " = "
                        + wanted.getOrDefault(name, OWN) + ", now " + now.getOrDefault(name, OWN));
    }

    private static String verdict(
            List<Step> planned,
            List<String> renewed,
            List<MemberId> behind,
            boolean set,
            Function<MemberId, String> pods) {
        var parts = new ArrayList<String>();
        if (planned.stream().anyMatch(step -> step instanceof Step.Rebalance || step instanceof Step.Drain)) {
            parts.add("slots move while clients work");
        }
        if (!behind.isEmpty()) {
            parts.add(behind.size() + " servers are restarted one after another, masters after a switchover");
        }
        long switchovers =
                planned.stream().filter(Step.SwitchOver.class::isInstance).count();
        if (switchovers > 0) {
            parts.add("in " + switchovers + " groups a replica takes over, for which clients wait a moment");
        }
        List<String> discarded = planned.stream()
                .flatMap(step -> step instanceof Step.DiscardServer(MemberId member)
                        ? Stream.of(pods.apply(member))
                        : Stream.of())
                .toList();
        if (!discarded.isEmpty()) {
            parts.add(String.join(", ", discarded) + " and their volumes go when nothing is kept there any more");
        }
        if (!renewed.isEmpty()) {
            parts.add("connections to a replaced proxy are opened anew");
        }
        return planned.isEmpty() && parts.isEmpty() && !set
                ? "nothing to do"
                : "no acknowledged write is lost"
                        + parts.stream()
                                .collect(Collectors.joining(
                                        "; ", parts.isEmpty() ? "; nothing moves or restarts" : ": ", ""));
    }
}
