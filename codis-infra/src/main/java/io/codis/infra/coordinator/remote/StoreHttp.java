package io.codis.infra.coordinator.remote;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/** Calls of a store that speaks HTTP; safe for any number of threads. Nothing is sent twice. */
public final class StoreHttp implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(2);

    private final HttpClient client;
    private volatile boolean closed;

    /** @param trust whom to trust over TLS, if not those whom the JVM trusts */
    public StoreHttp(Optional<SSLContext> trust) {
        var builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT);
        trust.ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    /** What becomes of a request whose answer is lost. */
    public enum Kind {
        /** It changes nothing, so it may be asked again: {@link Reason#UNAVAILABLE}. */
        READ(Reason.UNAVAILABLE),
        /** It may have been executed: {@link Reason#OUTCOME_UNKNOWN}. */
        CHANGE(Reason.OUTCOME_UNKNOWN);

        private final Reason lost;

        Kind(Reason lost) {
            this.lost = lost;
        }

        public Reason lost() {
            return lost;
        }
    }

    /** Whatever the store answers within {@code deadline}. A request that cannot have been sent is {@code UNAVAILABLE}. */
    public HttpResponse<byte[]> send(HttpRequest request, Kind kind, Duration deadline) {
        checkOpen(request.uri().toString());
        String what = request.method() + " " + request.uri();
        var asked = client.sendAsync(request, BodyHandlers.ofByteArray());
        try {
            return asked.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            asked.cancel(true);
            throw new CodisException(kind.lost, what + ": no answer within " + deadline.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            asked.cancel(true);
            Thread.currentThread().interrupt();
            throw new CodisException(kind.lost, what + ": interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
            boolean neverSent = cause instanceof ConnectException
                    || cause instanceof HttpConnectTimeoutException
                    || closed && !(cause instanceof IOException);
            throw new CodisException(neverSent ? Reason.UNAVAILABLE : kind.lost, what + ": " + cause, cause);
        }
    }

    /**
     * Waits until what a stream of events has brought satisfies {@code enough}.
     *
     * @return false when the stream has ended before, or {@code atMost} has passed
     */
    public boolean awaitEvent(HttpRequest request, Predicate<String> enough, Duration atMost) {
        var event = new CompletableFuture<Boolean>();
        var heard = new StringBuilder();
        var asked = client.sendAsync(
                request,
                BodyHandlers.ofByteArrayConsumer(part -> part.ifPresent(bytes -> {
                    heard.append(new String(bytes, StandardCharsets.ISO_8859_1));
                    if (enough.test(heard.toString())) {
                        event.complete(true);
                    }
                })));
        asked.whenComplete((_, _) -> event.complete(false));
        try {
            return event.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            asked.cancel(true);
        }
    }

    /** Refuses work after {@link #close()}. */
    public void checkOpen(String what) {
        if (closed) {
            throw new CodisException(Reason.UNAVAILABLE, what + ": this client of the coordinator is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        client.shutdownNow();
        client.close();
    }
}
