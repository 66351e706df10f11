package io.codis.infra.coordinator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.infra.coordinator.kubernetes.KubernetesApi.Answer;
import io.codis.infra.coordinator.remote.RenewedLease;
import io.codis.infra.json.Json;
import io.codis.infra.process.BootClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One Lease of {@code coordination.k8s.io}, as this process sees it.
 *
 * <p>The times in it are for people. Whether a holder is alive is seen as client-go does: when the record has not changed for
 * the lease's length by the clock of the process that looks, since it looked first.
 */
final class LeaseObserver {

    private static final Duration CALL = Duration.ofMillis(1500);
    private static final Duration OFTEN = Duration.ofMillis(100);

    /** Source: MicroTime of the Kubernetes API. */
    private static final DateTimeFormatter MICRO_TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final KubernetesApi api;
    private final String collection;
    private final String name;
    private final Duration length;
    private final FormerHolder former;
    private final BootClock clock = new BootClock();
    private @Nullable JsonNode seen;
    private long seenAt;
    private long promised;

    LeaseObserver(KubernetesApi api, String collection, String name, Duration length, FormerHolder former) {
        this.api = api;
        this.collection = collection;
        this.name = name;
        this.length = length;
        this.former = former;
    }

    synchronized Optional<RenewedLease> tryTake(String leaseName) {
        Answer answer = api.get(path(), CALL);
        var hold = new Hold(hostname() + "_" + UUID.randomUUID());
        if (!(answer instanceof Answer.Found(JsonNode lease))) {
            return RenewedLease.take(leaseName, length, hold::create, hold);
        }
        return free(lease) ? RenewedLease.take(leaseName, length, () -> hold.takeFrom(lease), hold) : Optional.empty();
    }

    private boolean free(JsonNode lease) {
        JsonNode spec = lease.path("spec");
        long now = clock.millis();
        if (!spec.equals(seen)) {
            seen = spec;
            seenAt = now;
            // a holder of another version may have been promised more
            promised = Math.max(
                    length.toMillis(), spec.path("leaseDurationSeconds").asLong() * 1000);
        }
        String holder = spec.path("holderIdentity").asText("");
        return holder.isEmpty() || now - seenAt >= promised || former.isDead(holder);
    }

    /**
     * Until the holder is about to renew, and from then on often: a renewal is seen soon after it was made, so its end is known
     * to a tenth of a second, with two looks a second.
     */
    synchronized Duration pause() {
        long silent = clock.millis() - seenAt;
        long quiet = RenewedLease.renewedEvery(length).minus(OFTEN).toMillis() - silent;
        long left = promised - silent;
        return quiet > 0
                ? Duration.ofMillis(quiet)
                : left > 0 && left < OFTEN.toMillis() ? Duration.ofMillis(left) : OFTEN;
    }

    private String path() {
        return collection + "/" + name;
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /** One holder, from its attempt to its end. Every attempt is another holder, so that an unknown outcome is nobody's. */
    private final class Hold implements RenewedLease.Store {

        private final String holder;
        private String resourceVersion = "";

        Hold(String holder) {
            this.holder = holder;
        }

        boolean create() {
            var metadata = Map.of("name", name, "labels", Map.of(ClusterObject.LABEL, ClusterObject.LABEL_VALUE));
            return accepted(api.post(
                    collection,
                    Json.write(Map.of(
                            "apiVersion",
                            "coordination.k8s.io/v1",
                            "kind",
                            "Lease",
                            "metadata",
                            metadata,
                            "spec",
                            taking(0))),
                    CALL));
        }

        boolean takeFrom(JsonNode lease) {
            resourceVersion = lease.at("/metadata/resourceVersion").asText();
            return patch(taking(lease.at("/spec/leaseTransitions").asInt() + 1));
        }

        @Override
        public boolean renew() {
            return patch(Map.of("renewTime", now())) || stillMine() && patch(Map.of("renewTime", now()));
        }

        @Override
        public void release() {
            var nobody = new LinkedHashMap<String, @Nullable Object>();
            nobody.put("holderIdentity", null);
            nobody.put("renewTime", now());
            if (!patch(nobody) && stillMine()) {
                patch(nobody);
            }
        }

        private Map<String, Object> taking(int transitions) {
            former.replacedBy(holder);
            return Map.of(
                    "holderIdentity",
                    holder,
                    "leaseDurationSeconds",
                    length.toSeconds(),
                    "acquireTime",
                    now(),
                    "renewTime",
                    now(),
                    "leaseTransitions",
                    transitions);
        }

        /** Somebody else may have put a label on the object. */
        private boolean stillMine() {
            return api.get(path(), CALL) instanceof Answer.Found(JsonNode lease)
                    && lease.at("/spec/holderIdentity").asText().equals(holder)
                    && adopt(lease);
        }

        private boolean patch(Map<String, ? extends @Nullable Object> spec) {
            var change = Map.of("metadata", Map.of("resourceVersion", resourceVersion), "spec", spec);
            return accepted(api.patch(path(), Json.write(change), CALL));
        }

        private boolean accepted(Answer answer) {
            return answer instanceof Answer.Found(JsonNode lease) && adopt(lease);
        }

        private boolean adopt(JsonNode lease) {
            resourceVersion = lease.at("/metadata/resourceVersion").asText();
            return !resourceVersion.isEmpty();
        }

        private String now() {
            return MICRO_TIME.format(Instant.now());
        }
    }
}
