package io.codis.operator.reconcile;

import io.codis.core.spec.SecretKey;
import io.codis.core.spec.SpecProblem;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Looks up the password that clients must give, where a Secret has it. It is read anew on every pass, so it may change. */
final class ClientPassword {

    private final KubernetesClient client;

    ClientPassword(KubernetesClient client) {
        this.client = client;
    }

    Wanted.Reading given(Wanted wanted) {
        Optional<SecretKey> reference = wanted.spec().proxy().authSecret();
        if (reference.isEmpty()) {
            return new Wanted.Reading.Right(wanted);
        }
        Secret secret = client.secrets()
                .inNamespace(wanted.names().namespace())
                .withName(reference.get().name())
                .get();
        return read(wanted, reference.get(), Optional.ofNullable(secret));
    }

    static Wanted.Reading read(Wanted wanted, SecretKey reference, Optional<Secret> secret) {
        if (secret.isEmpty()) {
            return wrong("name", reference.name(), "there is no such Secret in the cluster's namespace; make it");
        }
        String password = Optional.ofNullable(secret.get().getData())
                .map(data -> data.get(reference.key()))
                .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8))
                .orElse("");
        return password.lines().allMatch(String::isEmpty)
                ? wrong("key", reference.key(), "the Secret " + reference.name() + " has nothing there; add it")
                : new Wanted.Reading.Right(wanted.withAuth(password));
    }

    private static Wanted.Reading wrong(String field, String value, String message) {
        return new Wanted.Reading.Wrong(
                List.of(new SpecProblem("spec.proxySpec.authSecret." + field, 0, value, message)));
    }
}
