package io.codis.infra.coordinator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.kubernetes.KubernetesApi.Answer;
import io.codis.infra.coordinator.remote.HeldLeases;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator inside Kubernetes: the objects below {@code /codis3/PRODUCT} are keys of one ConfigMap, the lease {@code
 * /codis3/PRODUCT/leader} is one Lease, both named {@link #objectName}.
 *
 * <p>A process needs, for these two names, {@code get}, {@code patch} and, for the ConfigMap, {@code watch}; {@code create} of
 * both kinds unless they exist; and {@code list} of ConfigMaps to find all products of a namespace.
 */
public final class KubernetesCoordinator implements Coordinator {

    private static final Duration CALL = Duration.ofSeconds(5);
    private static final Duration WATCH = Duration.ofSeconds(30);
    private static final Duration LEASE = Duration.ofSeconds(4);

    private final KubernetesApi api;
    private final String configMaps;
    private final String leasePath;
    private final Optional<Path> ofPod;
    private final WritePace pace = new WritePace();
    private final HeldLeases leases = new HeldLeases();
    private final ConcurrentHashMap<String, LeaseObserver> observers = new ConcurrentHashMap<>();
    /** By product, as it was read or changed last. */
    private final ConcurrentHashMap<String, ClusterObject> seen = new ConcurrentHashMap<>();

    KubernetesCoordinator(ApiServer server) {
        this.api = new KubernetesApi(server);
        this.configMaps = "/api/v1/namespaces/" + server.namespace() + "/configmaps";
        this.ofPod = server.directoryOfPod();
        this.leasePath = "/apis/coordination.k8s.io/v1/namespaces/" + server.namespace() + "/leases";
    }

    /**
     * A client of the API server.
     *
     * @param address a namespace, in whose API server this process' service account logs in; or {@code
     *     http://HOST:PORT/NAMESPACE} of {@code kubectl proxy}
     */
    public static KubernetesCoordinator open(String address) {
        return new KubernetesCoordinator(ApiServer.of(address));
    }

    /** The same with everything said: the directory of a service account holds {@code token} and {@code ca.crt}. */
    public static KubernetesCoordinator open(URI server, String namespace, Path serviceAccount) {
        return new KubernetesCoordinator(new ApiServer(server, namespace, serviceAccount));
    }

    /** The name of the ConfigMap, and of the Lease, that {@code product} has here. */
    public static String objectName(String product) {
        return ClusterObject.name(product);
    }

    /** The tools of Codis 3.2 know no Kubernetes, and a thousand keys for them would only fill the object. */
    @Override
    public boolean readByCodis3Tools() {
        return false;
    }

    @Override
    public long create(String path, byte[] data) {
        return change(path, now -> {
            if (now.isPresent()) {
                throw new CodisException(Reason.ALREADY_EXISTS, path + " exists");
            }
            return data;
        });
    }

    @Override
    public Optional<Node> read(String path) {
        ClusterPath at = ClusterPath.of(path);
        return find(at.product()).flatMap(object -> object.node(at.key()));
    }

    @Override
    public long update(String path, byte[] data, long expectedVersion) {
        return change(path, found -> {
            Node now = found.orElseThrow(() -> new CodisException(Reason.NOT_FOUND, path + " does not exist"));
            checkVersion(path, expectedVersion, now.version());
            return data;
        });
    }

    @Override
    public void put(String path, byte[] data) {
        change(path, _ -> data);
    }

    @Override
    public boolean delete(String path, long expectedVersion) {
        ClusterPath at = ClusterPath.of(path);
        while (true) {
            Optional<ClusterObject> object = find(at.product());
            Optional<Node> now = object.flatMap(each -> each.node(at.key()));
            if (now.isEmpty()) {
                return false;
            }
            checkVersion(path, expectedVersion, now.get().version());
            if (patch(at, object.get(), null)) {
                return true;
            }
        }
    }

    @Override
    public List<String> children(String path) {
        var names = new TreeSet<String>();
        if (ClusterPath.isRoot(path)) {
            String query = "?labelSelector=" + ClusterObject.LABEL + "%3D" + ClusterObject.LABEL_VALUE;
            for (JsonNode item : found(api.get(configMaps + query, CALL)).path("items")) {
                var object = ClusterObject.of(item);
                if (!object.keys().isEmpty()) {
                    names.add(object.product());
                }
            }
        } else {
            ClusterPath at = ClusterPath.of(path);
            find(at.product()).ifPresent(object -> object.keys().forEach(key -> names.add(at.childOf(key))));
            names.remove("");
        }
        return List.copyOf(names);
    }

    @Override
    public boolean awaitChange(String path, long knownVersion, Duration timeout) {
        ClusterPath at = ClusterPath.of(path);
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<ClusterObject> object = find(at.product());
            long version = object.flatMap(each -> each.node(at.key()))
                    .map(Node::version)
                    .orElse(0L);
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (version != knownVersion) {
                return true;
            }
            if (!left.isPositive() || Thread.currentThread().isInterrupted()) {
                return false;
            }
            Duration atMost = left.compareTo(WATCH) < 0 ? left : WATCH;
            // without an object the watch begins with whatever there is then
            api.awaitEvent(
                    configMaps + "?watch=true&fieldSelector=metadata.name%3D" + ClusterObject.name(at.product())
                            + "&timeoutSeconds=" + (atMost.toSeconds() + 1)
                            + object.map(each -> "&resourceVersion=" + each.resourceVersion())
                                    .orElse(""),
                    atMost);
        }
    }

    @Override
    public Optional<Lease> tryLead(String name) {
        ClusterPath at = ClusterPath.of(name);
        if (!at.key().equals("leader")) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT, "lease \"" + name + "\": on Kubernetes it is /codis3/PRODUCT/leader");
        }
        api.checkOpen(name);
        leases.giveBackLost(name);
        return leases.keep(observer(at.product()).tryTake(name));
    }

    @Override
    public Duration leadPause(String name) {
        return observer(ClusterPath.of(name).product()).pause();
    }

    private LeaseObserver observer(String product) {
        return observers.computeIfAbsent(
                product,
                _ -> new LeaseObserver(
                        api,
                        leasePath,
                        ClusterObject.name(product),
                        LEASE,
                        new FormerHolder(
                                ofPod.map(directory -> directory.resolve(ClusterObject.name(product) + ".holder")))));
    }

    @Override
    public void close() {
        leases.close();
        api.close();
    }

    /** What a change makes of an object, or its refusal. */
    private interface Change extends Function<Optional<Node>, byte[]> {}

    /** Tries again while other keys of the same ConfigMap change in between. */
    private long change(String path, Change change) {
        ClusterPath at = ClusterPath.of(path);
        if (at.key().isEmpty()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT, "coordinator path \"" + path + "\": a product is no object");
        }
        ClusterObject last = seen.get(at.product());
        if (last != null && changed(at, last, change)) {
            return last.next();
        }
        while (true) {
            Optional<ClusterObject> object = find(at.product());
            byte[] content = change.apply(object.flatMap(each -> each.node(at.key())));
            if (object.isEmpty()) {
                make(at.product());
            } else if (patch(at, object.get(), content)) {
                return object.get().next();
            }
        }
    }

    /** Without a look: what was seen last is mostly what is there. Where it is not, nothing is done. */
    private boolean changed(ClusterPath at, ClusterObject last, Change change) {
        byte[] content;
        try {
            content = change.apply(last.node(at.key()));
        } catch (CodisException e) {
            return false; // refused by what may be long gone
        }
        return patch(at, last, content);
    }

    /** @return false when the object has changed, or is gone, and nothing was done */
    private boolean patch(ClusterPath at, ClusterObject object, byte @Nullable [] content) {
        pace.await();
        String path = configMaps + "/" + ClusterObject.name(at.product());
        if (api.patch(path, object.patch(at, content), CALL) instanceof Answer.Found(JsonNode json)) {
            seen.put(at.product(), ClusterObject.of(json));
            return true;
        }
        return false;
    }

    private Optional<ClusterObject> find(String product) {
        Answer answer = api.get(configMaps + "/" + ClusterObject.name(product), CALL);
        if (!(answer instanceof Answer.Found(JsonNode json))) {
            return Optional.empty();
        }
        ClusterObject object = ClusterObject.of(json);
        if (!object.mayBe(product)) {
            throw new CodisException(
                    Reason.ALREADY_EXISTS,
                    "ConfigMap " + ClusterObject.name(product) + " does not belong to product " + product
                            + " (annotation " + ClusterObject.PRODUCT + "); rename or delete it");
        }
        seen.put(product, object);
        return Optional.of(object);
    }

    /** Now there is one, whoever made it. */
    private void make(String product) {
        pace.await();
        api.post(configMaps, ClusterObject.empty(product), CALL);
    }

    private static JsonNode found(Answer answer) {
        if (answer instanceof Answer.Found(JsonNode json)) {
            return json;
        }
        throw new CodisException(Reason.UNAVAILABLE, "the list of ConfigMaps was not answered: " + answer);
    }

    private static void checkVersion(String path, long expected, long actual) {
        if (expected != ANY_VERSION && expected != actual) {
            throw new CodisException(
                    Reason.STALE_VERSION, path + " has version " + actual + ", expected was " + expected);
        }
    }
}
