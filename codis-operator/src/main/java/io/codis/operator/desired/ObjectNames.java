package io.codis.operator.desired;

import io.codis.core.plan.MemberId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names and labels of a cluster's objects, as the first operator for Codis gave them: {@code C-codis-proxy-deployment}
 * with C the name of the cluster. Servers of group 1 are {@code C-codis-server-statefulset-0} and so on, those of group N
 * {@code C-codis-server-statefulset-gN-0}.
 */
public record ObjectNames(String cluster, String namespace) {

    public static final String CLUSTER = "app.kubernetes.io/instance";
    public static final String COMPONENT = "app.kubernetes.io/component";
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    public static final String OPERATOR = "codis-operator";
    public static final String GROUP = "k8s.infra.cn/group";
    public static final String ADDRESS_SUFFIX = ".svc";

    public static final int SERVER_PORT = 6379;
    public static final int LAUNCHER_PORT = 16379;
    public static final int DASHBOARD_PORT = 18080;
    public static final int PROXY_PORT = 19000;
    public static final int PROXY_ADMIN_PORT = 11080;
    public static final int FE_PORT = 8080;

    private static final int LONGEST_LABEL = 63;
    private static final Pattern SERVER_POD = Pattern.compile("-codis-server-statefulset(?:-g(\\d+))?-(\\d+)$");

    public static ObjectNames of(HasMetadata resource) {
        return new ObjectNames(
                resource.getMetadata().getName(), resource.getMetadata().getNamespace());
    }

    /** Of the Deployment of dashboard, fe, ha or proxy. */
    public String deployment(String component) {
        return cluster + "-codis-" + component + "-deployment";
    }

    public String service(String component) {
        return cluster + "-codis-" + component + "-service";
    }

    public String config(String component) {
        return cluster + "-codis-" + component + "-conf";
    }

    public String statefulSet(int group) {
        return cluster + "-codis-server-statefulset" + (group == 1 ? "" : "-g" + group);
    }

    public String pod(MemberId member) {
        return statefulSet(member.group()) + "-" + (member.ordinal() - 1);
    }

    /** Of a server's volume. */
    public String claim(MemberId member) {
        return ServerObjects.DATA + "-" + pod(member);
    }

    /** Of the CronJob. */
    public String backupJob() {
        return cluster + "-codis-server-backupjob";
    }

    /** Of the volume with all backups. */
    public String backupClaim() {
        return cluster + "-codis-backup";
    }

    public String secret() {
        return cluster + "-codis-secret";
    }

    public String account(String component) {
        return cluster + "-codis-" + component;
    }

    /** {@code host:port} by which everybody knows a server, for as long as it exists. */
    public String address(MemberId member) {
        return pod(member) + "." + service("server") + "." + namespace + ADDRESS_SUFFIX + ":" + SERVER_PORT;
    }

    public String dashboardAddress() {
        return service("dashboard") + "." + namespace + ADDRESS_SUFFIX + ":" + DASHBOARD_PORT;
    }

    /** The member whose pod has that name. */
    public Optional<MemberId> member(String pod) {
        Matcher matcher = SERVER_POD.matcher(pod);
        if (!pod.startsWith(cluster + "-codis-server-statefulset") || !matcher.find()) {
            return Optional.empty();
        }
        int group = matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1));
        return Optional.of(new MemberId(group, Integer.parseInt(matcher.group(2)) + 1));
    }

    /** The member of an {@link #address}. */
    public Optional<MemberId> memberAt(String address) {
        return member(address.replaceFirst("[.:].*", ""));
    }

    /** The pod of an {@link #address}, or what was given if it is none of a member. */
    public String podAt(String address) {
        return memberAt(address).map(this::pod).orElse(address);
    }

    /** What selects the pods of a component; never changes. */
    public Map<String, String> selector(String component) {
        return new TreeMap<>(Map.of(CLUSTER, cluster, COMPONENT, component, MANAGED_BY, OPERATOR));
    }

    public Map<String, String> selector(int group) {
        Map<String, String> selector = selector("server");
        selector.put(GROUP, "" + group);
        return selector;
    }

    public Map<String, String> labels(String component) {
        Map<String, String> labels = selector(component);
        labels.put("app.kubernetes.io/name", "codis");
        String classic = namespace + "-" + cluster + "-codis-" + component;
        labels.put("app", classic.length() <= LONGEST_LABEL ? classic : cluster + "-codis-" + component);
        return labels;
    }

    public Map<String, String> labels(int group) {
        Map<String, String> labels = labels("server");
        labels.put(GROUP, "" + group);
        return labels;
    }
}
