package io.codis.cli.kube;

import io.codis.cli.yaml.ClusterFile;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.SpecProblem;
import io.codis.core.spec.SpecReading;
import io.codis.infra.json.Json;
import io.codis.operator.api.CodisCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code kubectl apply} of a file would store, as the API server completes and accepts it; nothing is stored. */
record Proposal(KubernetesClient client, Place place) {

    /** As {@code kubectl apply --dry-run=server}. */
    private static final PatchContext TRY = new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withDryRun(List.of("All"))
            .withFieldValidation("Strict")
            .build();

    CodisCluster accepted(Path file) {
        GenericKubernetesResource read = read(file);
        String named = read.getMetadata().getName();
        place.cluster().filter(name -> !name.equals(named)).ifPresent(name -> {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "--cluster " + name + ": " + file + " is about " + named + "; leave one out");
        });
        String namespace = place.namespace()
                .or(() -> Optional.ofNullable(read.getMetadata().getNamespace()))
                .orElseGet(() -> Contexts.namespace(client));
        read.getMetadata().setNamespace(namespace);
        Optional<CodisCluster> stored = Optional.ofNullable(client.resources(CodisCluster.class)
                .inNamespace(namespace)
                .withName(named)
                .get());
        return stored.map(now -> merged(read, now)).orElseGet(() -> created(read));
    }

    private CodisCluster created(GenericKubernetesResource read) {
        GenericKubernetesResource answer = client.resource(read)
                .inNamespace(read.getMetadata().getNamespace())
                .dryRun()
                .fieldValidation(Validation.STRICT)
                .create();
        return Serialization.unmarshal(Serialization.asJson(answer), CodisCluster.class);
    }

    private CodisCluster merged(GenericKubernetesResource read, CodisCluster stored) {
        byte[] patch = Json.write(Map.of("spec", LastApplied.of(stored).patch(read)));
        return client.resource(stored).patch(TRY, new String(patch, StandardCharsets.UTF_8));
    }

    /** What is wrong with it is found here already, with its line. */
    private static GenericKubernetesResource read(Path file) {
        if (ClusterFile.read(file) instanceof SpecReading.Invalid(List<SpecProblem> problems)) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    problems.stream()
                            .map(problem -> file + ": " + problem.text())
                            .collect(Collectors.joining("\n")));
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Serialization.unmarshal(in, GenericKubernetesResource.class);
        } catch (IOException e) {
            throw new CodisException(Reason.NOT_FOUND, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
