package io.codis.dashboard.rest;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.dashboard.store.KnownLeader;
import io.codis.infra.http.ApiClient;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a dashboard that does not lead does with a request: the one that leads answers it. A request is passed on once, tried
 * once, and does not wait for a leader that this dashboard has followed.
 */
public final class Forwarding implements AutoCloseable {

    private static final Duration READ = Duration.ofSeconds(5);
    /** As long as those who ask for changes wait. */
    private static final Duration CHANGE = Duration.ofSeconds(60);

    private static final Duration PROBE = Duration.ofSeconds(1);

    private final String self;
    private final Supplier<Optional<String>> leader;
    private final Supplier<String> hindrance;
    private String address = "";
    private @Nullable ApiClient client;

    /**
     * @param self {@code host:port} that is advertised
     * @param leader {@code host:port} of whoever leads, as far as it is known
     * @param hindrance why this dashboard cannot even try to lead; empty if it can
     */
    public Forwarding(String self, Supplier<Optional<String>> leader, Supplier<String> hindrance) {
        this.self = self;
        this.leader = leader;
        this.hindrance = hindrance;
    }

    /** @throws CodisException {@link Reason#NOT_READY} in the words of Codis when nobody leads */
    Response pass(Request request) {
        String to = other(request).orElseThrow(() -> Guard.notOnline(nobody()));
        try {
            return passTo(to, request, request.method().equals("GET") ? READ : CHANGE);
        } catch (CodisException e) {
            if (e.reason() == Reason.UNAVAILABLE) {
                throw Guard.notOnline("the dashboard that led last, " + to + ", does not answer");
            }
            throw e;
        }
    }

    private String nobody() {
        String why = hindrance.get();
        return "no dashboard leads now" + (why.isEmpty() ? "" : ": " + why);
    }

    /** The dashboard that leads, if it says so itself. */
    Optional<String> readyLeader(Request request) {
        try {
            return other(request).filter(to -> passTo(to, request, PROBE).status() == 200);
        } catch (CodisException e) {
            return Optional.empty();
        }
    }

    /** This dashboard leads now, or ends. Whoever still waits for another one learns that the connection is lost. */
    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
            client = null;
            address = "";
        }
    }

    private Optional<String> other(Request request) {
        return request.header().apply(KnownLeader.ASKED_BY).isPresent()
                ? Optional.empty()
                : leader.get().filter(to -> !to.equals(self));
    }

    private Response passTo(String to, Request request, Duration atMost) {
        return client(to).within(atMost).pass(request, to);
    }

    private synchronized ApiClient client(String to) {
        if (client == null || !to.equals(address)) {
            close();
            client = ApiClient.create(CHANGE).with(KnownLeader.ASKED_BY, self);
            address = to;
        }
        return client;
    }
}
