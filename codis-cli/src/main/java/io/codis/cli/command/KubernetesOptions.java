package io.codis.cli.command;

import io.codis.cli.kube.Place;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** For a cluster that the operator keeps. */
final class KubernetesOptions {

    @Option(
            names = "--context",
            paramLabel = "CONTEXT",
            scope = ScopeType.INHERIT,
            description = "the cluster is on Kubernetes: a context of your kubeconfig")
    private @Nullable String context;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            scope = ScopeType.INHERIT,
            description = "there; default the context's")
    private @Nullable String namespace;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "there; default the only CodisCluster of the namespace")
    private @Nullable String cluster;

    boolean given() {
        return context != null || namespace != null || cluster != null;
    }

    boolean withoutContext() {
        return context == null && given();
    }

    /** Empty for a cluster of this machine. */
    Optional<Place> place() {
        if (withoutContext()) {
            throw new BadInput(java.util.List.of("-n and --cluster: name the Kubernetes too, with --context"));
        }
        return Optional.ofNullable(context)
                .map(given -> new Place(given, Optional.ofNullable(namespace), Optional.ofNullable(cluster)));
    }
}
