package io.codis.operator.desired;

import io.codis.core.spec.ServiceType;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who may connect where, for networks that look: servers only from their own cluster, since clients go through proxies. The
 * dashboard's API has a key that anybody can work out, so only its cluster and operators reach it, unless its Service is
 * given to the outside.
 */
final class Policies {

    private static final String NAME = "app.kubernetes.io/name";

    private final Wanted wanted;
    private final ObjectNames names;
    private final Pods pods;

    Policies(Wanted wanted) {
        this.wanted = wanted;
        this.names = wanted.names();
        this.pods = new Pods(wanted);
    }

    List<NetworkPolicy> all() {
        var policies = new ArrayList<NetworkPolicy>();
        policies.add(policy(
                "server",
                rule(ObjectNames.SERVER_PORT, ownCluster()),
                rule(ObjectNames.LAUNCHER_PORT, ownCluster()),
                rule(Exporter.PORT)));
        NetworkPolicyIngressRule dashboard =
                wanted.spec().dashboard().exposure().type() == ServiceType.CLUSTER_IP
                        ? rule(ObjectNames.DASHBOARD_PORT, ownCluster(), operators())
                        : rule(ObjectNames.DASHBOARD_PORT);
        policies.add(policy(ControlObjects.DASHBOARD, dashboard));
        return policies;
    }

    private NetworkPolicy policy(String component, NetworkPolicyIngressRule... rules) {
        return new NetworkPolicyBuilder()
                .withMetadata(pods.meta(names.account(component), names.labels(component)))
                .withNewSpec()
                .withPodSelector(new LabelSelectorBuilder()
                        .withMatchLabels(names.selector(component))
                        .build())
                .withPolicyTypes("Ingress")
                .withIngress(rules)
                .endSpec()
                .build();
    }

    /** Without peers: from everywhere. */
    private static NetworkPolicyIngressRule rule(int port, NetworkPolicyPeer... peers) {
        return new NetworkPolicyIngressRuleBuilder()
                .withFrom(peers)
                .addNewPort()
                .withNewPort(port)
                .withProtocol("TCP")
                .endPort()
                .build();
    }

    private NetworkPolicyPeer ownCluster() {
        Map<String, String> labels = names.selector("");
        labels.remove(ObjectNames.COMPONENT);
        return new NetworkPolicyPeerBuilder()
                .withPodSelector(
                        new LabelSelectorBuilder().withMatchLabels(labels).build())
                .build();
    }

    /** In whatever namespace they are. */
    private static NetworkPolicyPeer operators() {
        return new NetworkPolicyPeerBuilder()
                .withNewNamespaceSelector()
                .endNamespaceSelector()
                .withPodSelector(new LabelSelectorBuilder()
                        .withMatchLabels(Map.of(NAME, ObjectNames.OPERATOR))
                        .build())
                .build();
    }
}
