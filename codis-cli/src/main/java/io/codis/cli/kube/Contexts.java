package io.codis.cli.kube;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.Optional;
import java.util.stream.Collectors;

/** The contexts of the user's kubeconfig: {@code KUBECONFIG}, else {@code ~/.kube/config}. */
final class Contexts {

    private Contexts() {}

    static KubernetesClient client(String context) {
        Config config = Config.autoConfigure(context);
        if (config.getContexts().stream().noneMatch(each -> each.getName().equals(context))) {
            String there = config.getContexts().stream()
                    .map(NamedContext::getName)
                    .sorted()
                    .collect(Collectors.joining(", "));
            throw new CodisException(
                    Reason.NOT_FOUND,
                    "the kubeconfig has no context " + context + "; "
                            + (there.isEmpty() ? "set KUBECONFIG to one that has" : "use one of " + there));
        }
        config.setRequestRetryBackoffLimit(2);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    static String namespace(KubernetesClient client) {
        return Optional.ofNullable(client.getConfiguration().getNamespace()).orElse("default");
    }
}
