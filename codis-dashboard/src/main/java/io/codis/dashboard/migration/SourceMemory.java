package io.codis.dashboard.migration;

import io.codis.infra.redis.InfoText;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;

/**
 * The source's own count of MIGRATEs that broke, its {@code errorstat_IOERR}. Any other count than zero means that a RESTORE
 * may still be under way by the present login, whoever sent it; see docs/decisions/0005.
 */
final class SourceMemory {

    private static final String FIELD = "errorstat_IOERR";
    private static final String COUNT = "count=";

    private SourceMemory() {}

    static long brokenMoves(RedisConnection source) {
        String text =
                InfoText.fields(Replies.text(source.call("INFO", "errorstats"))).getOrDefault(FIELD, COUNT + "0");
        return Long.parseLong(text.substring(text.indexOf(COUNT) + COUNT.length()));
    }

    static void check(RedisConnection source) {
        long broken = brokenMoves(source);
        if (broken != 0) {
            throw new MoveFailure("server " + source.address() + " counts " + broken + " broken MIGRATE");
        }
    }

    /** Only after the login that they used is gone at every target. */
    static void forget(RedisConnection source) {
        if (brokenMoves(source) != 0) {
            source.call("CONFIG", "RESETSTAT");
        }
    }
}
