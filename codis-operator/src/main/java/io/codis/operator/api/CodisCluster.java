package io.codis.operator.api;

import io.codis.core.spec.CodisClusterSpec;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** One cluster. */
@Group("k8s.infra.cn")
@Version("v1")
@Kind(CodisClusterSpec.KIND)
@Singular("codiscluster")
@Plural("codisclusters")
@ShortNames("codis")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase", type = Type.STRING)
@AdditionalPrinterColumn(name = "Groups", jsonPath = ".status.summary.groups", type = Type.STRING)
@AdditionalPrinterColumn(name = "Slots", jsonPath = ".status.summary.slots", type = Type.STRING)
@AdditionalPrinterColumn(name = "Servers", jsonPath = ".status.summary.servers", type = Type.STRING)
@AdditionalPrinterColumn(name = "Proxies", jsonPath = ".status.summary.proxies", type = Type.STRING)
@AdditionalPrinterColumn(name = "Address", jsonPath = ".status.address", type = Type.STRING)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(name = "Image", jsonPath = ".status.image", type = Type.STRING, priority = 1)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.message", type = Type.STRING, priority = 1)
public class CodisCluster extends CustomResource<ClusterFields, ClusterStatus> implements Namespaced {

    private static final long serialVersionUID = 1;
}
