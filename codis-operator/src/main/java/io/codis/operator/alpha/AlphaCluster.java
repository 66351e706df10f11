package io.codis.operator.alpha;

import io.codis.core.spec.CodisClusterSpec;
import io.codis.operator.api.ClusterStatus;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.crd.generator.annotation.Annotations;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** One cluster. Kubernetes has a group under {@code k8s.io} only with the annotation that says who approved it. */
@Group(AlphaCluster.GROUP)
@Version(AlphaCluster.VERSION)
@Kind(CodisClusterSpec.KIND)
@Singular("codiscluster")
@Plural("codisclusters")
@ShortNames("codis2")
@Annotations("api-approved.kubernetes.io=unapproved, the group of an existing operator")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase", type = Type.STRING)
@AdditionalPrinterColumn(name = "Groups", jsonPath = ".status.summary.groups", type = Type.STRING)
@AdditionalPrinterColumn(name = "Slots", jsonPath = ".status.summary.slots", type = Type.STRING)
@AdditionalPrinterColumn(name = "Servers", jsonPath = ".status.summary.servers", type = Type.STRING)
@AdditionalPrinterColumn(name = "Proxies", jsonPath = ".status.summary.proxies", type = Type.STRING)
@AdditionalPrinterColumn(name = "Address", jsonPath = ".status.address", type = Type.STRING)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.message", type = Type.STRING, priority = 1)
public class AlphaCluster extends CustomResource<AlphaFields, ClusterStatus> implements Namespaced {

    static final String GROUP = "codis.k8s.io";
    static final String VERSION = "v1alpha1";

    /** As an object names it. */
    public static final String API_VERSION = GROUP + "/" + VERSION;

    private static final long serialVersionUID = 1;
}
