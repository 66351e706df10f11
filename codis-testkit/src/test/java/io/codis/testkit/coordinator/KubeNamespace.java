package io.codis.testkit.coordinator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.codis.infra.coordinator.kubernetes.KubernetesCoordinator;
import io.codis.testkit.Ports;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Assumptions;

/**
 * A namespace of its own in the cluster that KUBECONFIG names, with a service account that may do what a dashboard may,
 * and a plain HTTP door to its API server which logs in as that account, as {@code kubectl proxy} does.
 */
final class KubeNamespace implements AutoCloseable {

    private static final String ACCOUNT = "codis-dashboard";

    private final KubernetesClient admin;
    private final String name = "codis-coord-" + UUID.randomUUID().toString().substring(0, 8);
    private final String token;
    private final HttpClient client;
    private final HttpServer door;

    private KubeNamespace(KubernetesClient admin) throws IOException, GeneralSecurityException {
        this.admin = admin;
        makeNamespaceAndAccount();
        token = admin.serviceAccounts()
                .inNamespace(name)
                .withName(ACCOUNT)
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
                .getStatus()
                .getToken();
        // nobody's certificate: what is let through is the account's
        var trust = SSLContext.getInstance("TLS");
        trust.init(null, SSLUtils.trustManagers(admin.getConfiguration()), null);
        client = HttpClient.newBuilder().sslContext(trust).build();
        door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free()), 0);
        door.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        door.createContext("/", this::pass);
        door.start();
    }

    /** Skips the tests where no cluster is named; fails them with the property {@code kubernetes.required}. */
    static KubeNamespace create() {
        String config = System.getenv().getOrDefault("KUBECONFIG", "");
        if (config.isEmpty()) {
            String reason = "KUBECONFIG names no cluster";
            if (Boolean.getBoolean("kubernetes.required")) {
                throw new AssertionError(reason);
            }
            Assumptions.abort(reason);
        }
        try {
            return new KubeNamespace(new KubernetesClientBuilder().build());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String name() {
        return name;
    }

    int port() {
        return door.getAddress().getPort();
    }

    KubernetesClient admin() {
        return admin;
    }

    URI apiServer() {
        return URI.create(admin.getMasterUrl().toString().replaceAll("/$", ""));
    }

    /** What a pod finds in its file system. */
    Path serviceAccount(Path directory) throws IOException {
        var config = admin.getConfiguration();
        Files.writeString(directory.resolve("token"), token);
        if (config.getCaCertData() != null) {
            Files.write(directory.resolve("ca.crt"), Base64.getDecoder().decode(config.getCaCertData()));
        } else {
            Files.copy(Path.of(config.getCaCertFile()), directory.resolve("ca.crt"));
        }
        return directory;
    }

    /** All objects of the coordinator. */
    void clear() {
        admin.configMaps()
                .inNamespace(name)
                .withLabel("app.kubernetes.io/managed-by", "codis-coordinator")
                .delete();
        admin.leases().inNamespace(name).delete();
    }

    @Override
    public void close() {
        door.stop(0);
        client.shutdownNow();
        admin.namespaces().withName(name).delete();
        admin.close();
    }

    private void makeNamespaceAndAccount() {
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace(name)
                        .withName(ACCOUNT)
                        .endMetadata()
                        .build())
                .create();
        String object = KubernetesCoordinator.objectName("demo");
        admin.resource(new RoleBuilder()
                        .withNewMetadata()
                        .withNamespace(name)
                        .withName(ACCOUNT)
                        .endMetadata()
                        .withRules(
                                rule("", "configmaps", List.of("get", "patch", "watch"), object, "codis-demo-2"),
                                rule("", "configmaps", List.of("create", "list")),
                                rule("coordination.k8s.io", "leases", List.of("get", "patch"), object, "codis-other"),
                                rule("coordination.k8s.io", "leases", List.of("create")))
                        .build())
                .create();
        admin.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withNamespace(name)
                        .withName(ACCOUNT)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", ACCOUNT)
                        .addNewSubject("", "ServiceAccount", ACCOUNT, name)
                        .build())
                .create();
    }

    private static PolicyRule rule(String group, String resource, List<String> verbs, String... names) {
        return new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resource)
                .withVerbs(verbs)
                .withResourceNames(names)
                .build();
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = HttpRequest.newBuilder(
                            URI.create(apiServer() + exchange.getRequestURI().toString()))
                    .header("Authorization", "Bearer " + token)
                    .method(
                            exchange.getRequestMethod(),
                            HttpRequest.BodyPublishers.ofByteArray(
                                    exchange.getRequestBody().readAllBytes()));
            List<String> type = exchange.getRequestHeaders().getOrDefault("Content-Type", List.of());
            type.forEach(each -> request.header("Content-Type", each));
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (var body = answer.body()) {
                exchange.sendResponseHeaders(answer.statusCode(), 0);
                byte[] part = new byte[65536];
                for (int count = body.read(part); count >= 0; count = body.read(part)) {
                    exchange.getResponseBody().write(part, 0, count);
                    exchange.getResponseBody().flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
