package io.codis.core.codis3;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy counts ({@code GET /api/proxy/stats/{xauth}}). Counters run from the start of the process or the last
 * reset. The last five components are ours.
 *
 * @param online it serves clients; always written, since a dashboard brings a proxy online that says false
 * @param closed it is on its way out; always written
 * @param runtime null unless asked for (flag 4)
 * @param backends one for each master that the installed routes name
 * @param movesBroken moves whose MIGRATE login must be replaced (safety rule 4); requests that need them are held
 * @param movesWanted keys that requests wait for and that are too big to be moved for a request (safety rule 7)
 * @param route what is in force, null before the first table
 * @param ready clients can use every slot and the process is not draining
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProxyStats(
        boolean online,
        boolean closed,
        SentinelStats sentinels,
        Ops ops,
        Sessions sessions,
        Usage rusage,
        BackendMode backend,
        @Nullable RuntimeStats runtime,
        List<BackendHealth> backends,
        List<BrokenMove> movesBroken,
        List<WantedKey> movesWanted,
        @Nullable RouteVersion route,
        boolean ready) {

    /** A proxy of Codis 3.2 says nothing of moves. */
    public ProxyStats {
        movesBroken = movesBroken == null ? List.of() : movesBroken;
        movesWanted = movesWanted == null ? List.of() : movesWanted;
    }

    /** What the proxy was told about sentinels; our proxies are told roles by the dashboard and never switch by themselves. */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record SentinelStats(
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> servers,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> masters,
            boolean switched) {}

    /**
     * @param total decoded requests
     * @param fails requests that the proxy could not get an engine's answer for
     * @param qps requests in the last full second
     * @param cmd by name, null unless asked for (flag 1)
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Ops(
            long total,
            long fails,
            RedisErrors redis,
            long qps,
            @Nullable List<CommandCount> cmd) {}

    /** @param errors error replies, those of the proxy itself included */
    public record RedisErrors(long errors) {}

    /**
     * @param opstr name in upper case
     * @param usecs from the last byte of the request to the first of its reply, summed up
     * @param redisErrtype error replies
     */
    public record CommandCount(
            String opstr, long calls, long usecs, long usecsPercall, long fails, long redisErrtype) {}

    /** @param total accepted since the start */
    public record Sessions(long total, long alive) {}

    /**
     * @param now time as text
     * @param cpu cores in use over the last second
     * @param mem resident bytes
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Usage(
            String now, double cpu, long mem, @Nullable RawUsage raw) {}

    /** Times in nanoseconds, sizes in bytes. */
    public record RawUsage(
            long utime, long stime, long cutime, long cstime, long numThreads, long vmSize, long vmRss) {}

    /** @param primaryOnly replicas never serve reads */
    public record BackendMode(boolean primaryOnly) {}

    /** Named after the Go runtime, which the readers of these keys know. */
    public record RuntimeStats(
            General general, Heap heap, Gc gc, long numProcs, long numGoroutines, long numCgoCall, long memOffheap) {

        /** Bytes and counts, never negative. */
        public record General(long alloc, long sys, long lookups, long mallocs, long frees) {}

        /** Bytes and a count. */
        public record Heap(long alloc, long sys, long idle, long inuse, long objects) {}

        /** @param cpuFraction of the process' CPU time */
        public record Gc(long num, double cpuFraction, long totalPausems) {}
    }

    /**
     * A master as this proxy sees it.
     *
     * @param addr {@code host:port}
     * @param up at least one connection is logged in and answers
     * @param downMs for how long there has been no such connection, 0 while up
     * @param silentMs how long the oldest unanswered request or probe has waited, 0 when nothing is in flight
     * @param loginRefused its last login was answered WRONGPASS, NOAUTH or NOPERM: this proxy may have been evicted
     * @param error the last problem, empty while up
     */
    public record BackendHealth(
            String addr, int group, boolean up, long downMs, long silentMs, boolean loginRefused, String error) {}

    /** @param user the login {@code mig-<gid>-<n>} that an I/O error of MIGRATE has made unsafe to use again */
    public record BrokenMove(int source, int target, String user) {}

    /**
     * @param source the group that the key is to leave
     * @param key in base64
     * @param bytes memory that it takes there
     */
    public record WantedKey(int source, int database, String key, long bytes) {}

    /** Of the table in force. */
    public record RouteVersion(long epoch, long version) {}
}
