package io.codis.dashboard.store;

import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.http.ApiClient;
import io.codis.infra.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node {@code topom}: the lock of Codis 3.2, by which proxies, pages and tools find the leader. Whoever leads sees to
 * it that it is there: {@code --remove-lock} beside a leader would hide it for good.
 */
final class LockNode {

    private static final Logger LOG = LoggerFactory.getLogger(LockNode.class);
    private static final Duration PROBE = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final Coordinator coordinator;
    private final String path;
    private final Topom self;
    private boolean givenBack;

    LockNode(Coordinator coordinator, ClusterPaths paths, Topom self) {
        this.coordinator = coordinator;
        this.path = paths.topom();
        this.self = self;
    }

    /** @throws CodisException {@code BUSY} when it belongs to a dashboard that answers and leads */
    void take() {
        var node = coordinator.read(path);
        if (coordinator.readByCodis3Tools()) {
            // elsewhere it is of one of ours, which has no lease any more
            node.ifPresent(this::refuseIfAlive);
        }
        if (node.isPresent()) {
            coordinator.update(path, mine(), node.get().version());
        } else {
            coordinator.create(path, mine());
        }
    }

    /** Writes it again when somebody has removed it, as long as {@code leading}. */
    void keep(BooleanSupplier leading) {
        Thread.ofVirtual().name("lock-node").start(() -> {
            try {
                while (leading.getAsBoolean()) {
                    Thread.sleep(LOOK);
                    putBack(leading);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private synchronized void putBack(BooleanSupplier leading) {
        try {
            if (!givenBack && leading.getAsBoolean() && coordinator.read(path).isEmpty()) {
                coordinator.create(path, mine());
                LOG.warn("event=lock-put-back why=\"somebody removed it while this dashboard leads\"");
            }
        } catch (CodisException e) {
            LOG.debug("event=lock-not-looked-at cause={}", e.getMessage());
        }
    }

    /** Removes it, unless it is somebody else's. */
    synchronized void giveBack() {
        givenBack = true;
        var node = coordinator.read(path);
        if (node.isPresent() && token(node.get()).equals(Optional.of(self.token()))) {
            coordinator.delete(path, node.get().version());
        }
    }

    private byte[] mine() {
        return Json.pretty(self).getBytes(StandardCharsets.UTF_8);
    }

    private void refuseIfAlive(Coordinator.Node node) {
        Topom other;
        try {
            other = Json.read(node.data(), Topom.class);
        } catch (CodisException e) {
            return; // not a dashboard's word; nobody can be found by it
        }
        if (other.token().equals(self.token()) || other.adminAddr().equals(self.adminAddr())) {
            return;
        }
        try (var client = ApiClient.create(PROBE).with(KnownLeader.ASKED_BY, self.adminAddr())) {
            Topom answering = client.get("http://" + other.adminAddr() + "/api/topom/model", Topom.class);
            if (answering.token().equals(other.token()) && leads(client, other)) {
                throw new CodisException(
                        Reason.BUSY,
                        "another dashboard of product " + self.productName() + " runs at " + other.adminAddr());
            }
        } catch (CodisException e) {
            if (e.reason() == Reason.BUSY) {
                throw e;
            }
            LOG.info("event=stale-lock-taken admin_addr={} cause={}", other.adminAddr(), e.getMessage());
        }
    }

    /** One of ours that has lost the lease says that it does not; it goes on as a process, and its node stays. */
    private static boolean leads(ApiClient client, Topom other) {
        try {
            client.getBytes("http://" + other.adminAddr() + "/topom");
            return true;
        } catch (CodisException e) {
            return e.reason() != Reason.NOT_READY;
        }
    }

    private static Optional<String> token(Coordinator.Node node) {
        try {
            return Optional.of(Json.read(node.data(), Topom.class).token());
        } catch (CodisException e) {
            return Optional.empty();
        }
    }
}
