package io.codis.operator.alpha;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.codis.operator.api.ServiceKind;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code spec}. A field that is absent here was not given. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.coordinatorName == oldSelf.coordinatorName",
        message = "coordinatorName cannot change: the cluster's state is there; make another cluster")
public record AlphaFields(
        @JsonPropertyDescription("The servers' scheduler.") @Nullable
        String schedulerName,

        @JsonPropertyDescription("Accepted; a cluster is named after its object.") @Nullable
        String clusterName,

        @JsonPropertyDescription(
                "Who keeps the state: etcd, zookeeper, or filesystem, for which Kubernetes keeps it; it cannot change.")
        @Required
        Keeper coordinatorName,

        @JsonPropertyDescription("host:port of etcd or ZooKeeper, or several separated by commas; else anything.")
        @Required
        String coordinatorAddr,

        @JsonPropertyDescription("The proxies, to which clients connect.") @Nullable
        Proxy codisProxy,

        @JsonPropertyDescription("The servers, in groups of a master and its replicas.") @Required
        Server codisServer,

        @JsonPropertyDescription("The dashboard, which manages groups, slots and proxies.") @Nullable
        Dashboard codisDashboard,

        @JsonPropertyDescription("The web console.") @Nullable
        Fe codisFe,

        @JsonPropertyDescription("Accepted; the dashboard watches the servers, with a failover watch beside it.")
        @Nullable
        Sentinel sentinel) {

    /** {@code coordinatorName}. */
    public enum Keeper {
        @JsonProperty("etcd")
        ETCD,
        @JsonProperty("zookeeper")
        ZOOKEEPER,
        @JsonProperty("filesystem")
        FILESYSTEM
    }

    /** Of {@code requests} and {@code limits}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Amounts(
            @JsonPropertyDescription("CPU, such as 500m.") @Nullable
            Quantity cpu,

            @JsonPropertyDescription("Memory, such as 1Gi.") @Nullable
            Quantity memory,

            @JsonPropertyDescription("Of a server's volume, such as 10Gi; absent: data is lost with its pod.") @Nullable
            Quantity storage) {}

    /** {@code codisProxy.hpaSpec}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Hpa(
            @JsonPropertyDescription("Proxies at least; 0 for no autoscaling.") @Min(0) @Max(1000) @Nullable
            Integer minReplicas,

            @JsonPropertyDescription("Proxies at most.") @Min(0) @Max(1000) @Nullable
            Integer maxReplicas,

            @JsonPropertyDescription(
                    "CPU that proxies are to use on average, in percent of what they request; default 70.")
            @Min(0)
            @Max(1000)
            @Nullable
            Integer cpuUsedThreshold) {}

    /** What every part takes. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public abstract static class Container {

        @JsonPropertyDescription("Image with all programs, the same for all parts; default: the operator's own.")
        @Nullable
        public String image;

        @JsonPropertyDescription("When nodes get the image: Always, IfNotPresent or Never.")
        @Nullable
        public String imagePullPolicy;

        @JsonPropertyDescription("What is kept free for it.")
        @Nullable
        public Amounts requests;

        @JsonPropertyDescription("The most that it may use.")
        @Nullable
        public Amounts limits;
    }

    /** {@code codisProxy}. */
    public static final class Proxy extends Container {

        @JsonPropertyDescription("Proxies that clients talk to; with hpaSpec it decides. Default 2.")
        @Min(1)
        @Max(1000)
        @Nullable
        public Integer replicas;

        @JsonPropertyDescription("The password that clients must give.")
        @Nullable
        public String sessionAuth;

        @JsonPropertyDescription("As many proxies as their work asks for.")
        @Nullable
        public Hpa hpaSpec;

        @JsonPropertyDescription("Accepted; proxies are replaced one after another, all of them serving.")
        @Nullable
        public Integer maxSurge;

        @JsonPropertyDescription("Accepted; proxies are replaced one after another, all of them serving.")
        @Nullable
        public Integer maxUnavailable;

        @JsonPropertyDescription("Labels that a node must have.")
        @Nullable
        public Map<String, String> nodeSelector;

        @JsonPropertyDescription("As in a pod.")
        @Nullable
        public List<Toleration> tolerations;

        @JsonPropertyDescription("How it is reached: ClusterIP (default), NodePort or LoadBalancer.")
        @Nullable
        public ServiceKind serviceType;

        @JsonPropertyDescription("Annotations of the Service.")
        @Nullable
        public Map<String, String> serviceAnnotations;
    }

    /** {@code codisServer}. */
    @ValidationRule(
            value = "self.replicas % self.groupReplicas == 0",
            message = "replicas is not a multiple of groupReplicas; use the next multiple below or above")
    public static final class Server extends Container {

        @JsonPropertyDescription("Servers in total, a multiple of groupReplicas.")
        @Default("2")
        @Min(1)
        @Max(9999)
        @SpecReplicas
        @Nullable
        public Integer replicas;

        @JsonPropertyDescription("Servers of one group: a master and its replicas.")
        @Default("2")
        @Min(1)
        @Max(16)
        @Nullable
        public Integer groupReplicas;

        @JsonPropertyDescription("Accepted; servers are replaced by their roles, not by their numbers.")
        @Nullable
        public Integer partition;

        @JsonPropertyDescription("Class of the servers' volumes; absent: the default class.")
        @Nullable
        public String storageClassName;

        @JsonPropertyDescription("Labels that a node must have.")
        @Nullable
        public Map<String, String> nodeSelector;

        @JsonPropertyDescription("As in a pod.")
        @Nullable
        public List<Toleration> tolerations;
    }

    /** {@code codisDashboard}. */
    public static final class Dashboard extends Container {

        @JsonPropertyDescription("Dashboards; one leads.")
        @Min(1)
        @Max(100)
        @Nullable
        public Integer replicas;

        @JsonPropertyDescription("Accepted; servers have passwords of their own, made for the cluster.")
        @Nullable
        public String productAuth;
    }

    /** {@code codisFe}. */
    public static final class Fe extends Container {

        @JsonPropertyDescription("Web consoles; 0 for none.")
        @Min(0)
        @Max(100)
        @Nullable
        public Integer replicas;

        @JsonPropertyDescription("How it is reached: ClusterIP (default), NodePort or LoadBalancer.")
        @Nullable
        public ServiceKind serviceType;

        @JsonPropertyDescription("Annotations of the Service.")
        @Nullable
        public Map<String, String> serviceAnnotations;
    }

    /** {@code sentinel}. */
    public static final class Sentinel extends Container {

        @JsonPropertyDescription("Accepted.")
        @Nullable
        public Integer replicas;

        @JsonPropertyDescription("Accepted.")
        @Nullable
        public String storageClassName;

        @JsonPropertyDescription("Accepted.")
        @Nullable
        public Map<String, String> nodeSelector;

        @JsonPropertyDescription("Accepted.")
        @Nullable
        public List<Toleration> tolerations;
    }
}
