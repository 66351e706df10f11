package io.codis.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * What a user has said about the pods of a part, in his own words: defaults are not in it, since another version may have
 * others. A digest that changes between versions restarts every pod of every cluster, so what is left out stays left out,
 * and a new field counts only where it is given.
 */
final class Inputs {

    /** Fields of parts that no pod is made of. */
    private static final List<String> NOT_OF_PODS = List.of(
            "replicas",
            "autoscaling",
            "codisServerNumsPerGroup",
            // servers take it while they run
            "maxmemory",
            // what of it they do not take then is asked for beside it
            "redisConf",
            "backupImage",
            "backupCronJob",
            "storageClassName",
            "storageResources",
            "serviceType",
            "servicePort",
            "slbInstanceId",
            "serviceAnnotations",
            "loadBalancerClass",
            // what it comes to is asked for beside it
            "auth",
            "authSecret");

    private static final List<String> OF_BACKUPS =
            List.of("nodeSelector", "tolerations", "priorityClassName", "backupImage", "backupCronJob");

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final Wanted wanted;

    Inputs(Wanted wanted) {
        this.wanted = wanted;
    }

    String server() {
        ObjectNode said = part("redisSpec");
        Map<String, String> settings = wanted.spec().redis().writtenForStart();
        if (!settings.isEmpty()) {
            said.withObject("/part").set("redisConf", MAPPER.valueToTree(settings));
        }
        said.put("volumes", wanted.spec().redis().extras().persistent());
        return digest(said);
    }

    String proxy() {
        ObjectNode said = part("proxySpec");
        wanted.spec().proxy().auth().ifPresent(password -> said.put("password", Digest.of(password)));
        return digest(said);
    }

    String dashboard() {
        ObjectNode said = part("dashboardSpec");
        said.set("keeper", spec().retain("zkAddr", "coordinator"));
        return digest(said);
    }

    /** @param part fe or ha */
    String other(String part) {
        return digest(part(part + "Spec"));
    }

    /** @param node that they are pinned to, empty if none */
    String backups(String node) {
        ObjectNode said = all();
        said.set("part", spec().withObject("/redisSpec").retain(OF_BACKUPS));
        said.put("node", node);
        return digest(said);
    }

    private ObjectNode part(String field) {
        ObjectNode said = all();
        said.set("part", spec().withObject("/" + field).remove(NOT_OF_PODS));
        return said;
    }

    private ObjectNode all() {
        ObjectNode said = MAPPER.createObjectNode().put("image", wanted.image());
        wanted.spec().logPath().ifPresent(path -> said.put("logPath", path));
        wanted.restart().ifPresent(word -> said.put("restart", word));
        return said;
    }

    private ObjectNode spec() {
        return MAPPER.valueToTree(wanted.resource().getSpec());
    }

    private static String digest(ObjectNode said) {
        try {
            // only maps are ordered by their keys
            return Digest.of(MAPPER.writeValueAsString(MAPPER.treeToValue(said, Object.class)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
