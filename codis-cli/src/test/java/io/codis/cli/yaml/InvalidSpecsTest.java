package io.codis.cli.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.spec.SpecProblem;
import io.codis.core.spec.SpecReading;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said to somebody who wrote something wrong. */
class InvalidSpecsTest {

    private static final String HEAD = """
            apiVersion: k8s.infra.cn/v1
            kind: CodisCluster
            metadata:
              name: test
            """;

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void everyProblemIsNamedWithPathLineValueAndRemedy(String name, String text, List<String> expected) {
        SpecReading reading = ClusterFile.parse(text);

        assertThat(reading).isInstanceOf(SpecReading.Invalid.class);
        assertThat(((SpecReading.Invalid) reading).problems())
                .extracting(SpecProblem::text)
                .containsExactlyElementsOf(expected);
    }

    static Stream<Arguments> specs() {
        return Stream.of(
                of("nothing", "", "empty; start from examples/minimal.yaml"),
                of("only a comment", "# later\n", "empty; start from examples/minimal.yaml"),
                of(
                        "two documents",
                        HEAD + "spec: {}\n---\n" + HEAD + "spec: {}\n",
                        "2 documents in one file; keep one CodisCluster"),
                of("a list", "- a\n- b\n", "line 1: not a CodisCluster; start from examples/minimal.yaml"),
                of("no YAML", "spec: [1, 2\n", "line 2: not YAML: expected ',' or ']', but got <stream end>"),
                of(
                        "tabs",
                        "spec:\n\treplicas: 1\n",
                        "line 2: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for"
                                + " indentation)"),
                of(
                        "another kind",
                        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n",
                        "apiVersion (line 1) = v1: unknown here; write k8s.infra.cn/v1",
                        "kind (line 2) = Pod: unknown here; write CodisCluster"),
                of(
                        "no spec, no name",
                        "apiVersion: k8s.infra.cn/v1\nkind: CodisCluster\n",
                        "metadata.name (line 1): missing; name the cluster",
                        "spec: missing; a cluster needs at least spec.redisSpec"),
                of(
                        "a name with capitals",
                        HEAD.replace("test", "My_Cluster") + "spec: {}\n",
                        "metadata.name (line 4) = My_Cluster: not a name of Kubernetes; use up to 63 of a-z, 0-9, - and ., with"
                                + " a letter or digit at both ends"),
                spec(
                        "a misspelt field",
                        "  proxySpec:\n    replcas: 2\n",
                        "spec.proxySpec.replcas (line 7): unknown field; did you mean replicas?"),
                spec(
                        "a misspelt section",
                        "  redisspec:\n    replicas: 2\n",
                        "spec.redisspec (line 6): unknown field; did you mean redisSpec?"),
                spec(
                        "a field of nothing known",
                        "  haSpec:\n    colour: red\n",
                        "spec.haSpec.colour (line 7): unknown field; remove it; known here: replicas, nodeSelector, affinity,"
                                + " lifecycle, codisHaResources, tolerations, topologySpread, priorityClassName,"
                                + " serviceAccount, labels, annotations, podTemplate"),
                spec(
                        "servers that do not fill the groups",
                        "  redisSpec:\n    replicas: 5\n    codisServerNumsPerGroup: 2\n",
                        "spec.redisSpec.replicas (line 7) = 5: not a multiple of codisServerNumsPerGroup (2); use 4 or 6"),
                spec(
                        "fewer servers than one group has",
                        "  redisSpec:\n    replicas: 1\n    codisServerNumsPerGroup: 3\n",
                        "spec.redisSpec.replicas (line 7) = 1: not a multiple of codisServerNumsPerGroup (3); use 3"),
                spec(
                        "no servers",
                        "  redisSpec:\n    replicas: 0\n",
                        "spec.redisSpec.replicas (line 7) = 0: no server could hold data; use a multiple of"
                                + " codisServerNumsPerGroup (2) up to 2048"),
                spec(
                        "servers beyond all bounds",
                        "  redisSpec:\n    replicas: 10000\n    codisServerNumsPerGroup: 7\n",
                        "spec.redisSpec.replicas (line 7) = 10000: out of range; use a multiple of codisServerNumsPerGroup (7)"
                                + " up to 7168"),
                spec(
                        "servers up to the bound, but not in full groups",
                        "  redisSpec:\n    replicas: 9999\n    codisServerNumsPerGroup: 16\n",
                        "spec.redisSpec.replicas (line 7) = 9999: out of range; use a multiple of codisServerNumsPerGroup (16)"
                                + " up to 9984"),
                spec(
                        "a server more than groups may have in all",
                        "  redisSpec:\n    replicas: 1025\n    codisServerNumsPerGroup: 1\n",
                        "spec.redisSpec.replicas (line 7) = 1025: more groups than slots (1024); use 1 to 1024"),
                spec(
                        "groups too large, by which the servers are not judged",
                        "  redisSpec:\n    replicas: 1717\n    codisServerNumsPerGroup: 17\n",
                        "spec.redisSpec.codisServerNumsPerGroup (line 8) = 17: out of range; use 1 to 16"),
                spec(
                        "groups of nobody",
                        "  redisSpec:\n    replicas: 2\n    codisServerNumsPerGroup: 0\n",
                        "spec.redisSpec.codisServerNumsPerGroup (line 8) = 0: a group needs a master; use 1 to 16"),
                spec(
                        "no proxy and no dashboard",
                        "  proxySpec:\n    replicas: 0\n  dashboardSpec:\n    replicas: 0\n",
                        "spec.dashboardSpec.replicas (line 9) = 0: nobody would manage the cluster; use 1 to 100",
                        "spec.proxySpec.replicas (line 7) = 0: no client could connect; use 1 to 1000"),
                spec(
                        "ports out of range",
                        "  proxySpec:\n    servicePort: 70000\n    adminPort: 0\n  redisSpec:\n    servicePort: 60000\n",
                        "spec.proxySpec.servicePort (line 7) = 70000: out of range; use 1 to 65535",
                        "spec.proxySpec.adminPort (line 8) = 0: out of range; use 1 to 65535",
                        "spec.redisSpec.servicePort (line 10) = 60000: out of range; use 1 to 55535"),
                spec(
                        "a number in quotes",
                        "  redisSpec:\n    replicas: \"2\"\n",
                        "spec.redisSpec.replicas (line 7) = \"2\": a text, not a whole number; take the quotes away"),
                spec(
                        "a broken number",
                        "  redisSpec:\n    replicas: 2.5\n",
                        "spec.redisSpec.replicas (line 7) = 2.5: not a whole number; use a multiple of codisServerNumsPerGroup"
                                + " (2) up to 2048"),
                spec(
                        "a number where a text is",
                        "  logPath: 42\n",
                        "spec.logPath (line 6) = 42: not a text; put it in quotes"),
                spec(
                        "a password that is a number, which is not shown",
                        "  proxySpec:\n    auth: 123456\n",
                        "spec.proxySpec.auth (line 7): not a text; put the password in quotes"),
                spec(
                        "an empty password",
                        "  proxySpec:\n    auth: \"\"\n",
                        "spec.proxySpec.auth (line 7): an empty password; write one, or leave the field out for none"),
                spec(
                        "a bad product name",
                        "  productName: \"-codis\"\n",
                        "spec.productName (line 6) = -codis: not a product name; use letters, digits, _ . -, not starting with"
                                + " . or -"),
                spec(
                        "a ZooKeeper without a port",
                        "  zkAddr: 10.0.0.1\n",
                        "spec.zkAddr (line 6) = 10.0.0.1: not host:port, or several of them separated by commas"),
                spec(
                        "a section that is a text",
                        "  redisSpec: many\n",
                        "spec.redisSpec (line 6) = many: this must be a mapping of fields, but it is a text"),
                spec(
                        "a section that is a list",
                        "  feSpec:\n    - replicas: 1\n",
                        "spec.feSpec (line 6): this must be a mapping of fields, but it is a list"),
                spec(
                        "a misspelt service type",
                        "  feSpec:\n    serviceType: NodePorts\n",
                        "spec.feSpec.serviceType (line 7) = NodePorts: unknown value; did you mean NodePort?"),
                spec(
                        "a service type that cannot be reached",
                        "  feSpec:\n    serviceType: ExternalName\n",
                        "spec.feSpec.serviceType (line 7) = ExternalName: unknown value; use ClusterIP, NodePort or"
                                + " LoadBalancer"),
                spec(
                        "a load balancer that is not used",
                        "  proxySpec:\n    slbInstanceId: lb-1\n",
                        "spec.proxySpec.slbInstanceId (line 7) = lb-1: only for serviceType LoadBalancer; remove it or change"
                                + " the type"),
                spec(
                        "quantities",
                        "  redisSpec:\n    codisServerResources:\n      limits: {cpu: one, memory: 1Gi}\n"
                                + "      requests: {memory: 2Gi}\n",
                        "spec.redisSpec.codisServerResources.limits.cpu (line 8) = one: not a quantity; write a number with m,"
                                + " k, M, G, T, Ki, Mi, Gi or Ti, such as 500m or 0.5Gi",
                        "spec.redisSpec.codisServerResources.requests.memory (line 9) = 2Gi: more than the limit 1Gi; lower it"
                                + " or raise the limit"),
                spec(
                        "a schedule",
                        "  redisSpec:\n    backupCronJob:\n      schedule: daily\n      concurrencyPolicy: forbid\n",
                        "spec.redisSpec.backupCronJob.schedule (line 8) = daily: not a cron schedule; write five fields, such"
                                + " as \"0 3 * * *\"",
                        "spec.redisSpec.backupCronJob.concurrencyPolicy (line 9) = forbid: unknown value; did you mean"
                                + " Forbid?"),
                spec(
                        "settings that Codis decides",
                        "  redisSpec:\n    redisConf:\n      port: \"7000\"\n      replicaof: \"a 1\"\n",
                        "spec.redisSpec.redisConf.port (line 7): Codis sets this; remove it",
                        "spec.redisSpec.redisConf.replicaof (line 7): Codis sets this; remove it"),
                spec(
                        "a field given twice",
                        "  productName: a\n  productName: b\n",
                        "spec.productName (line 7): given twice; keep one"));
    }

    private static Arguments spec(String name, String spec, String... problems) {
        return of(name, HEAD + "spec:\n" + spec, problems);
    }

    private static Arguments of(String name, String text, String... problems) {
        return Arguments.of(name, text, List.of(problems));
    }
}
