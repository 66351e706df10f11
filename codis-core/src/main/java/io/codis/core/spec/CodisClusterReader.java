package io.codis.core.spec;

import io.codis.core.slot.SlotHash;
import io.codis.core.spec.SpecTree.Mapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads a {@code CodisCluster}: all of it is right, or every problem is named. Defaults are given here. */
public final class CodisClusterReader {

    private static final Pattern PRODUCT = Pattern.compile("\\w[\\w.-]*");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");
    static final String DELETE = "Delete";
    private static final Pattern IMAGE = Pattern.compile("[\\w./:@-]+");
    private static final Pattern SERVERS = Pattern.compile("[^\\s,:]+:\\d{1,5}(,[^\\s,:]+:\\d{1,5})*");

    private final Findings findings = new Findings();

    private CodisClusterReader() {}

    /** @param document the whole object, with {@code apiVersion} and {@code kind} */
    public static SpecReading read(SpecTree document) {
        return new CodisClusterReader().readDocument(document);
    }

    private SpecReading readDocument(SpecTree document) {
        if (!(document instanceof Mapping mapping)) {
            return new SpecReading.Invalid(List.of(new SpecProblem(
                    "", document.line(), "", "not a " + CodisClusterSpec.KIND + "; start from examples/minimal.yaml")));
        }
        var root = new Fields("", mapping, findings);
        constant(root, "apiVersion", CodisClusterSpec.API_VERSION);
        constant(root, "kind", CodisClusterSpec.KIND);
        root.ignore("status");
        Fields metadata = root.object("metadata");
        String name = name(metadata);
        String namespace = metadata.text("namespace").orElse("");
        metadata.ignore("labels", "annotations", "uid", "resourceVersion", "generation", "creationTimestamp");
        metadata.ignore("managedFields", "finalizers", "ownerReferences", "selfLink");
        metadata.end();
        if (!root.has("spec")) {
            findings.wrong("spec", 0, "", "missing; a cluster needs at least spec.redisSpec");
        }
        CodisClusterSpec spec = spec(name, namespace, root.object("spec"));
        root.end();
        return findings.problems().isEmpty()
                ? new SpecReading.Valid(spec, findings.notes())
                : new SpecReading.Invalid(findings.problems());
    }

    private CodisClusterSpec spec(String name, String namespace, Fields spec) {
        String product = spec.text("productName").orElse(name);
        if (spec.has("productName") && !PRODUCT.matcher(product).matches()) {
            spec.wrong("productName", "not a product name; use letters, digits, _ . -, not starting with . or -");
        }
        Optional<String> zkAddr = spec.text("zkAddr");
        if (zkAddr.isPresent() && !SERVERS.matcher(zkAddr.get()).matches()) {
            spec.wrong("zkAddr", "not host:port, or several of them separated by commas");
        }
        zkAddr.ifPresent(
                addr -> findings.note("zkAddr " + addr + " is noted; on one machine the coordinator is a directory"));
        Optional<Coordinator> coordinator = coordinator(spec);
        boolean deleteData = spec.choice("deletionPolicy", List.of("Retain", DELETE))
                .filter(DELETE::equals)
                .isPresent();
        Optional<String> logPath = logPath(spec);
        Optional<String> image = spec.text("codisImage");
        if (image.filter(given -> !IMAGE.matcher(given).matches()).isPresent()) {
            spec.wrong("codisImage", "not the name of an image; write it without blanks, such as codis:4.0.0");
        }
        // only who drives a cluster all the time can be told to stop
        spec.truth("paused", false);
        spec.kubernetesOnly("logPath", "codisImage", "coordinator", "deletionPolicy", "paused");
        FeSpec fe = fe(spec.object("feSpec"));
        DashboardSpec dashboard = dashboard(spec.object("dashboardSpec"));
        HaSpec ha = ha(spec.object("haSpec"));
        ProxySpec proxy = proxy(spec.object("proxySpec"));
        RedisSpec redis = redis(spec.object("redisSpec"));
        spec.end();
        return new CodisClusterSpec(
                name,
                namespace,
                product,
                zkAddr,
                coordinator,
                deleteData,
                logPath,
                image,
                fe,
                dashboard,
                ha,
                proxy,
                redis);
    }

    private static Optional<Coordinator> coordinator(Fields spec) {
        if (!spec.has("coordinator")) {
            spec.ignore("coordinator");
            return Optional.empty();
        }
        if (spec.has("zkAddr")) {
            spec.wrong("coordinator", "given beside zkAddr; keep one of them");
        }
        Fields fields = spec.object("coordinator");
        String name = fields.choice("type", List.of(Coordinator.KUBERNETES, Coordinator.ZOOKEEPER, Coordinator.ETCD))
                .orElse("");
        String address = fields.text("address").orElse("");
        if (!fields.has("type")) {
            fields.wrong("type", "missing; write kubernetes, zookeeper or etcd");
        } else if (name.equals(Coordinator.KUBERNETES) && !address.isEmpty()) {
            fields.wrong("address", "not for kubernetes; remove it");
        } else if (!name.isEmpty()
                && !name.equals(Coordinator.KUBERNETES)
                && !SERVERS.matcher(address).matches()) {
            fields.wrong("address", "not host:port, or several of them separated by commas");
        }
        fields.end();
        return Optional.of(new Coordinator(name, address));
    }

    private FeSpec fe(Fields fe) {
        int replicas = fe.whole("replicas", 0, 100, 1);
        var spec = new FeSpec(replicas, exposure(fe, CodisClusterSpec.FE_PORT), placement(fe, "codisFeResources"));
        oneHere(fe, replicas, "web console");
        fe.end();
        return spec;
    }

    private DashboardSpec dashboard(Fields dashboard) {
        int replicas = dashboard
                .count("replicas", 100, "nobody would manage the cluster")
                .orElse(DashboardSpec.REPLICAS);
        var spec = new DashboardSpec(
                replicas,
                exposure(dashboard, CodisClusterSpec.DASHBOARD_PORT),
                placement(dashboard, "codisDashboardResources"));
        oneHere(dashboard, replicas, "dashboard");
        dashboard.end();
        return spec;
    }

    private HaSpec ha(Fields ha) {
        int replicas = ha.whole("replicas", 0, 100, 1);
        var spec = new HaSpec(replicas, placement(ha, "codisHaResources"));
        oneHere(ha, replicas, "codis-ha");
        ha.end();
        return spec;
    }

    private static Optional<String> logPath(Fields owner) {
        Optional<String> path = owner.text("logPath");
        if (path.filter(text -> !text.startsWith("/")).isPresent()) {
            owner.wrong("logPath", "not a directory of the nodes; write its whole path, such as /data/logs");
        }
        return path;
    }

    private ProxySpec proxy(Fields proxy) {
        OptionalInt replicas = proxy.count("replicas", ProxySpec.MOST, "no client could connect");
        Exposure exposure = exposure(proxy, CodisClusterSpec.PROXY_PORT);
        int admin = proxy.port("adminPort", CodisClusterSpec.PROXY_ADMIN_PORT);
        Optional<String> auth = proxy.secret("auth");
        Placement placement = placement(proxy, "codisProxyResources");
        Optional<Autoscaling> autoscaling = autoscaling(proxy, placement);
        var spec = new ProxySpec(
                autoscaling.map(Autoscaling::min).orElse(replicas.orElse(1)),
                exposure,
                admin,
                auth,
                authSecret(proxy),
                proxy.truth("safeWrites", false),
                autoscaling,
                placement);
        proxy.end();
        return spec;
    }

    private static Optional<Autoscaling> autoscaling(Fields proxy, Placement placement) {
        proxy.kubernetesOnly("autoscaling");
        if (!proxy.has("autoscaling")) {
            proxy.ignore("autoscaling");
            return Optional.empty();
        }
        if (proxy.has("replicas")) {
            proxy.wrong("replicas", "given beside autoscaling, which decides it; keep one of them");
        }
        Resources resources = placement.resources();
        if (!resources.requests().containsKey("cpu") && !resources.limits().containsKey("cpu")) {
            proxy.wrong(
                    "autoscaling",
                    "compares CPU with what proxies request; give codisProxyResources.requests.cpu, such as 500m");
        }
        Fields fields = proxy.object("autoscaling");
        int min = fields.whole("minReplicas", 1, ProxySpec.MOST, Autoscaling.MIN);
        int max = fields.count("maxReplicas", ProxySpec.MOST, "no client could connect")
                .orElse(min);
        if (!fields.has("maxReplicas")) {
            fields.wrong("maxReplicas", "missing; say how many proxies there may be");
        } else if (max < min) {
            fields.wrong("maxReplicas", "less than minReplicas (" + min + "); use " + min + " or more");
        }
        int percent = fields.whole(Autoscaling.CPU, 1, 1_000, Autoscaling.CPU_PERCENT);
        var autoscaling = new Autoscaling(min, max, percent, fields.passedOn(Autoscaling.MORE));
        fields.end();
        return Optional.of(autoscaling);
    }

    private static Optional<SecretKey> authSecret(Fields proxy) {
        proxy.kubernetesOnly("authSecret");
        if (!proxy.has("authSecret")) {
            proxy.ignore("authSecret");
            return Optional.empty();
        }
        if (proxy.has("auth")) {
            proxy.wrong("authSecret", "given beside auth; keep one of them");
        }
        Fields fields = proxy.object("authSecret");
        Optional<String> name = fields.text("name");
        if (name.isEmpty()) {
            fields.wrong("name", "missing; name a Secret of the cluster's namespace");
        }
        var secret = new SecretKey(name.orElse(""), fields.text("key").orElse("password"));
        fields.end();
        return Optional.of(secret);
    }

    private RedisSpec redis(Fields redis) {
        OptionalInt perGroup = perGroup(redis);
        int replicas = replicas(redis, perGroup);
        int port =
                redis.whole("servicePort", 1, 65_535 - CodisClusterSpec.LAUNCHER_OFFSET, CodisClusterSpec.SERVER_PORT);
        Map<String, String> conf = redis.texts("redisConf");
        redisConf(redis, conf);
        Optional<String> logPath = logPath(redis);
        redis.kubernetesOnly("logPath");
        Placement placement = placement(redis, "codisServerResources");
        OptionalLong maxmemory = ServerExtrasReader.maxmemory(redis, conf, placement.resources());
        var spec = new RedisSpec(
                replicas,
                perGroup.orElse(1),
                port,
                conf,
                maxmemory,
                logPath,
                placement,
                ServerExtrasReader.read(redis));
        redis.end();
        return spec;
    }

    /** Empty if it is wrong. */
    private static OptionalInt perGroup(Fields redis) {
        OptionalInt right = redis.count("codisServerNumsPerGroup", RedisSpec.MOST_PER_GROUP, "a group needs a master");
        return redis.has("codisServerNumsPerGroup") ? right : OptionalInt.of(2);
    }

    private static int replicas(Fields redis, OptionalInt perGroup) {
        String none = "no server could hold data";
        return perGroup.isPresent()
                ? replicas(redis, perGroup.getAsInt(), none)
                : redis.count("replicas", RedisSpec.MOST, none).orElse(1);
    }

    private static int replicas(Fields redis, int perGroup, String none) {
        int most = Math.min(RedisSpec.MOST / perGroup, SlotHash.SLOTS) * perGroup;
        String use = perGroup == 1
                ? Fields.range(1, most)
                : "use a multiple of codisServerNumsPerGroup (" + perGroup + ") up to " + most;
        int replicas = redis.count("replicas", RedisSpec.MOST, none, use).orElse(perGroup);
        if (replicas > most) {
            boolean groups = replicas > SlotHash.SLOTS * perGroup;
            redis.wrong(
                    "replicas",
                    (groups ? "more groups than slots (" + SlotHash.SLOTS + "); " : "out of range; ") + use);
        } else if (replicas % perGroup != 0) {
            int below = replicas - replicas % perGroup;
            String near = below == 0 ? "" + perGroup : below + " or " + (below + perGroup);
            redis.wrong("replicas", "not a multiple of codisServerNumsPerGroup (" + perGroup + "); use " + near);
        }
        return replicas;
    }

    private void redisConf(Fields redis, Map<String, String> conf) {
        String path = redis.path() + ".redisConf.";
        for (String name : conf.keySet()) {
            if (EngineSettings.decidedHere(name) && !EngineSettings.including(name)) {
                findings.wrong(path + name, redis.line("redisConf"), "", "Codis sets this; remove it");
            }
        }
        EngineSettings.included(conf)
                .forEach((name, line) -> findings.wrong(
                        path + name,
                        redis.line("redisConf"),
                        line,
                        "what is in that file cannot be seen here, and would go past what Codis sets; write its"
                                + " settings here"));
        EngineSettings.leftOut(conf).ifPresent(findings::note);
    }

    private void oneHere(Fields fields, int replicas, String part) {
        if (fields.has("replicas") && replicas > 1) {
            findings.note("one " + part + " runs on one machine (" + fields.path() + ".replicas = " + replicas + ")");
        }
    }

    private static Exposure exposure(Fields fields, int fallbackPort) {
        List<String> words =
                List.of(ServiceType.CLUSTER_IP.word(), ServiceType.NODE_PORT.word(), ServiceType.LOAD_BALANCER.word());
        fields.kubernetesOnly("serviceType", "slbInstanceId");
        ServiceType type = fields.choice("serviceType", words)
                .map(word -> ServiceType.values()[words.indexOf(word)])
                .orElse(ServiceType.CLUSTER_IP);
        int port = fields.port("servicePort", fallbackPort);
        Optional<String> slb = fields.text("slbInstanceId");
        if (slb.isPresent() && type != ServiceType.LOAD_BALANCER) {
            fields.wrong("slbInstanceId", "only for serviceType LoadBalancer; remove it or change the type");
        }
        return new Exposure(type, port, slb, fields.passedOn(Exposure.MORE));
    }

    private static Placement placement(Fields fields, String resources) {
        fields.kubernetesOnly("nodeSelector", "affinity", "lifecycle");
        if (!resources.equals("codisServerResources")) {
            fields.kubernetesOnly(resources);
        }
        return new Placement(
                fields.texts("nodeSelector"),
                fields.opaque("affinity"),
                fields.opaque("lifecycle"),
                ServerExtrasReader.resources(fields, resources),
                fields.passedOn(Placement.MORE));
    }

    private static void constant(Fields root, String key, String wanted) {
        Optional<String> given = root.text(key);
        if (given.isEmpty()) {
            root.wrong(key, "missing; write " + key + ": " + wanted);
        } else if (!given.get().equals(wanted)) {
            root.wrong(key, "unknown here; write " + wanted);
        }
    }

    private static String name(Fields metadata) {
        String name = metadata.text("name").orElse("");
        if (name.isEmpty()) {
            metadata.wrong("name", "missing; name the cluster");
        } else if (name.length() > 63 || !NAME.matcher(name).matches()) {
            metadata.wrong(
                    "name",
                    "not a name of Kubernetes; use up to 63 of a-z, 0-9, - and ., with a letter or digit at both ends");
        }
        return name;
    }
}
