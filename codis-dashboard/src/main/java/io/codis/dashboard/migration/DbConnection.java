package io.codis.dashboard.migration;

import io.codis.infra.redis.Command;
import io.codis.infra.redis.RedisConnection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that knows which database it is in. */
final class DbConnection implements AutoCloseable {

    private final RedisConnection engine;
    private int db;

    /** @param engine new, so in database 0 */
    DbConnection(RedisConnection engine) {
        this.engine = engine;
    }

    RedisConnection raw() {
        return engine;
    }

    /**
     * The replies to {@code commands}, run in {@code wantedDb}; errors are values. SELECT is not pipelined with them: if
     * it failed, they would run in another database.
     */
    List<@Nullable Object> callAll(int wantedDb, Duration deadline, List<Command> commands) {
        if (wantedDb != db) {
            engine.callWithin(deadline, "SELECT", wantedDb);
            db = wantedDb;
        }
        return engine.callAll(deadline, commands);
    }

    @Override
    public void close() {
        engine.close();
    }
}
