package io.codis.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The pods of a part as they were made for what their user had said. While the user says the same they stay so, whatever
 * this version of the operator would make (decision 31): the object that makes the pods carries both.
 *
 * @param inputs a digest of what the user had said
 * @param text of the template, as it is carried
 */
record Form(String inputs, String text, PodTemplateSpec template) {

    private static final String INPUTS = "k8s.infra.cn/inputs";
    private static final String TEMPLATE = "k8s.infra.cn/template";
    /** Of pods: which configuration they were made with. */
    private static final String CONFIG = "k8s.infra.cn/config";
    /** All annotations of an object may have 256 KiB; what is longer than this is made anew by each version. */
    private static final int LONGEST = 200 << 10;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** @param config what the pods read beside it, empty if nothing */
    static Form made(String inputs, Wanted wanted, String config, PodTemplateSpec template) {
        PodTemplateSpec complete = template;
        if (!config.isEmpty()) {
            complete = annotated(complete, CONFIG, Digest.of(config));
        }
        if (wanted.restart().isPresent()) {
            complete = annotated(complete, Wanted.RESTART, wanted.restart().get());
        }
        return of(inputs, complete);
    }

    private static Form of(String inputs, PodTemplateSpec template) {
        return new Form(inputs, Serialization.asJson(template), template);
    }

    private static PodTemplateSpec annotated(PodTemplateSpec template, String name, String value) {
        return new PodTemplateSpecBuilder(template)
                .editOrNewMetadata()
                .addToAnnotations(name, value)
                .endMetadata()
                .build();
    }

    /** What an object carries, if it was made for the same; what cannot be read counts as nothing. */
    static Optional<Form> carried(Optional<HasMetadata> there, String inputs) {
        return there.map(object -> object.getMetadata().getAnnotations())
                .filter(notes -> inputs.equals(notes.get(INPUTS)))
                .map(notes -> notes.get(TEMPLATE))
                .flatMap(text -> read(text).map(template -> new Form(inputs, text, template)));
    }

    private static Optional<PodTemplateSpec> read(String text) {
        try {
            return Optional.ofNullable(MAPPER.readValue(text, PodTemplateSpec.class))
                    .filter(template -> template.getMetadata() != null && template.getSpec() != null)
                    .filter(template -> !template.getSpec().getContainers().isEmpty());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** The same for another group: only this label says which group a template is for. */
    Form forGroup(int group) {
        JsonNode tree = MAPPER.valueToTree(template);
        relabel(tree, "" + group);
        return of(inputs, MAPPER.convertValue(tree, PodTemplateSpec.class));
    }

    private static void relabel(JsonNode node, String group) {
        if (node instanceof ObjectNode object && object.path(ObjectNames.GROUP).isTextual()) {
            object.put(ObjectNames.GROUP, group);
        }
        node.forEach(child -> relabel(child, group));
    }

    /** With a digest of all that is in it, under that name. */
    Form digested(String name) {
        return of(inputs, annotated(template, name, Digest.of(text)));
    }

    Optional<String> annotation(String name) {
        return Optional.ofNullable(template.getMetadata().getAnnotations()).map(notes -> notes.get(name));
    }

    /** Of the object that carries it. */
    ObjectMeta carriedBy(ObjectMeta meta) {
        var carrier = new ObjectMetaBuilder(meta).addToAnnotations(INPUTS, inputs);
        return text.length() > LONGEST
                ? carrier.build()
                : carrier.addToAnnotations(TEMPLATE, text).build();
    }

    /**
     * What the pods read beside their template belongs to it: it stays as it was made with it.
     *
     * @param there the object that has it
     * @param made by this version
     */
    String config(Optional<HasMetadata> there, String made) {
        return config(there, UnaryOperator.identity(), made);
    }

    /** @param part of a text that belongs to the template, where the rest does not */
    String config(Optional<HasMetadata> there, UnaryOperator<String> part, String made) {
        return there.stream()
                .flatMap(Form::contents)
                .map(part)
                .filter(content ->
                        annotation(CONFIG).filter(Digest.of(content)::equals).isPresent())
                .findFirst()
                .orElse(made);
    }

    private static Stream<String> contents(HasMetadata object) {
        return switch (object) {
            case ConfigMap config when config.getData() != null -> config.getData().values().stream();
            case Secret secret
            when secret.getData() != null ->
                secret.getData().values().stream()
                        .map(bytes -> new String(Base64.getDecoder().decode(bytes), StandardCharsets.UTF_8));
            case Secret secret when secret.getStringData() != null -> secret.getStringData().values().stream();
            default -> Map.<String, String>of().values().stream();
        };
    }
}
