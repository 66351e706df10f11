package io.codis.operator.desired;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.codis.core.spec.Exposure;
import io.codis.core.spec.ServiceType;
import io.codis.operator.api.ExposedFields;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What several parts use. */
public final class SharedObjects {

    static final String SECRET_KEY = "secret";
    static final int SECRET_MODE = 0440;

    private static final String SLB = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final class Given extends ExposedFields {}

    private final ObjectNames names;
    private final Pods pods;

    SharedObjects(Wanted wanted) {
        this.names = wanted.names();
        this.pods = new Pods(wanted);
    }

    /**
     * From which every credential inside the cluster is derived. It is made once and never changed; it has no owner, since
     * volumes that are kept can be used again with it only.
     *
     * @param hex 64 hex digits
     */
    public Secret secret(String hex) {
        var meta = pods.meta(names.secret(), names.labels("secret"));
        meta.setOwnerReferences(null);
        return new SecretBuilder()
                .withMetadata(meta)
                .withType("Opaque")
                .withStringData(Map.of(SECRET_KEY, hex))
                .build();
    }

    ServiceAccount account(String component) {
        return new ServiceAccountBuilder()
                .withMetadata(pods.meta(names.account(component), names.labels(component)))
                .withAutomountServiceAccountToken(false)
                .build();
    }

    /** Of a part whose pods do the same, one may be taken away at a time. */
    PodDisruptionBudget budget(String component) {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(pods.meta(names.deployment(component), names.labels(component)))
                .withNewSpec()
                .withNewMaxUnavailable(1)
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .withSelector(new LabelSelectorBuilder()
                        .withMatchLabels(names.selector(component))
                        .build())
                .endSpec()
                .build();
    }

    /**
     * Where users find a part.
     *
     * @param standardPort of the Service where the type does not say that it is the node's
     * @param chosen the user wrote servicePort
     */
    Service service(String component, Exposure exposure, int containerPort, boolean chosen) {
        boolean nodePort = exposure.type() == ServiceType.NODE_PORT;
        var port = new ServicePortBuilder()
                .withName("codis-" + component)
                .withPort(nodePort || !chosen ? containerPort : exposure.port())
                .withNewTargetPort("codis-" + component);
        if (nodePort && chosen) {
            port.withNodePort(exposure.port());
        }
        var meta = pods.meta(names.service(component), names.labels(component));
        var annotations = new LinkedHashMap<String, String>();
        exposure.slbInstanceId().ifPresent(id -> {
            annotations.put(SLB + "id", id);
            annotations.put(SLB + "force-override-listeners", "true");
        });
        ExposedFields given = MAPPER.convertValue(exposure.more(), Given.class);
        Optional.ofNullable(given.serviceAnnotations).ifPresent(theirs -> annotations.putAll(new TreeMap<>(theirs)));
        if (!annotations.isEmpty()) {
            meta.setAnnotations(annotations);
        }
        return new ServiceBuilder()
                .withMetadata(meta)
                .withNewSpec()
                .withType(exposure.type().word())
                .withLoadBalancerClass(given.loadBalancerClass)
                .withSelector(names.selector(component))
                .withPorts(port.build())
                .endSpec()
                .build();
    }
}
