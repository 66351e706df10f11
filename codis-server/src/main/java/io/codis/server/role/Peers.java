package io.codis.server.role;

import io.codis.core.problem.CodisException;
import io.codis.infra.http.ApiClient;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks the other launchers of the group whether they know of nothing newer than this master (safety rule 13). */
final class Peers {

    /** {@code GET /api/server/peer/{group}/{epoch}}. */
    record Grant(boolean granted) {}

    private static final long PATIENCE_MILLIS = 1_500;

    private final ApiClient client;
    private final String self;

    Peers(ApiClient client, String self) {
        this.client = client;
        this.self = self;
    }

    /** Whether a majority of all members, this one included, has promised nothing higher than {@code epoch}. */
    boolean confirm(List<String> members, int group, long epoch) {
        List<String> others =
                members.stream().filter(member -> !member.equals(self)).toList();
        int needed = members.size() / 2; // with this one a majority
        var granted = new AtomicInteger();
        var answers = new CountDownLatch(others.size());
        for (String other : others) {
            Thread.ofVirtual().name("peer-" + other).start(() -> {
                if (grants(other, group, epoch)) {
                    granted.incrementAndGet();
                }
                answers.countDown();
            });
        }
        try {
            boolean ignored = answers.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return granted.get() >= needed;
    }

    private boolean grants(String other, int group, long epoch) {
        try {
            String url = "http://" + other + "/api/server/peer/" + group + "/" + epoch + "?to=" + other;
            return client.get(url, Grant.class).granted();
        } catch (CodisException e) {
            return false;
        }
    }
}
