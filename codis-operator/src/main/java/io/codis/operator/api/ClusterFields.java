package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** {@code spec}. A field that is absent here was not given. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "(has(self.productName) ? self.productName : '') == (has(oldSelf.productName) ? oldSelf.productName :"
                + " '')",
        message = "productName cannot change: it names the cluster's state in the coordinator; make another cluster")
@ValidationRule(
        value = "!has(self.zkAddr) || !has(self.coordinator)",
        message = "zkAddr and coordinator are both given; keep one of them")
public record ClusterFields(
        @JsonPropertyDescription("Image with all programs; default: the operator's own.") @Nullable
        String codisImage,

        @JsonPropertyDescription("ZooKeeper servers, host:port,host:port; absent: Kubernetes keeps the state.")
        @Nullable
        String zkAddr,

        @JsonPropertyDescription("Who keeps the state, instead of zkAddr; absent: Kubernetes.") @Nullable
        CoordinatorFields coordinator,

        @JsonPropertyDescription(
                "What becomes of volumes, secret and state when the cluster is deleted: Retain (default)"
                        + " or Delete.")
        @Nullable
        Deletion deletionPolicy,

        @JsonPropertyDescription("Nothing is changed while this is true; the status goes on.") @Nullable
        Boolean paused,

        @JsonPropertyDescription("Name of the cluster in the coordinator; default: the object's name.") @Nullable
        String productName,

        @JsonPropertyDescription("A directory of the nodes for log files; absent: standard output only.") @Nullable
        String logPath,

        @JsonPropertyDescription("The web console.") @Nullable
        FeFields feSpec,

        @JsonPropertyDescription("The dashboard, which manages groups, slots and proxies.") @Nullable
        DashboardFields dashboardSpec,

        @JsonPropertyDescription("The failover watch, which asks the dashboard for new masters.") @Nullable
        HaFields haSpec,

        @JsonPropertyDescription("The proxies, to which clients connect.") @Nullable
        ProxyFields proxySpec,

        @JsonPropertyDescription("The servers, in groups of a master and its replicas.") @Required
        RedisFields redisSpec) {}
