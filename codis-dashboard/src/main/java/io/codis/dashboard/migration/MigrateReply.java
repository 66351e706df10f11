package io.codis.dashboard.migration;

import io.codis.infra.redis.EngineError;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the source says of one MIGRATE. None of them says which keys have arrived: each key is looked up at the target.
 */
sealed interface MigrateReply {

    /** Whatever was there has been copied. */
    record Copied() implements MigrateReply {}

    /** The source held none of the keys. */
    record NothingThere() implements MigrateReply {}

    /** The target holds one of the keys already; of the others some may have been copied. */
    record Occupied() implements MigrateReply {}

    /** The target cannot take more, such as out of memory. */
    record Refused(String text) implements MigrateReply {}

    /** A RESTORE may still arrive at the target (safety rule 4): a connection broke, or a login was refused half-way. */
    record Broken(String text) implements MigrateReply {}

    /** The source did not even try: it is no master (any more), loading, or does not know the request. */
    record NotTried(String text) implements MigrateReply {}

    String FROM_TARGET = "ERR Target instance replied with error: ";

    static MigrateReply of(@Nullable Object reply) {
        if (reply instanceof EngineError error) {
            return ofError(error.text());
        }
        String text = reply instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(reply);
        return switch (text) {
            case "OK" -> new Copied();
            case "NOKEY" -> new NothingThere();
            default -> new Broken("unexpected reply of MIGRATE: " + text);
        };
    }

    private static MigrateReply ofError(String text) {
        if (text.startsWith(FROM_TARGET)) {
            String said = text.substring(FROM_TARGET.length());
            if (said.startsWith("BUSYKEY")) {
                return new Occupied();
            }
            boolean login = said.startsWith("WRONGPASS") || said.startsWith("NOAUTH") || said.startsWith("NOPERM");
            return login ? new Broken(said) : new Refused(said);
        }
        String code = new EngineError(text).code();
        return switch (code) {
            case "READONLY", "LOADING", "MASTERDOWN", "NOPERM", "NOAUTH" -> new NotTried(text);
            default -> new Broken(text);
        };
    }
}
