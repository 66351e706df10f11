package io.codis.infra.redis;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;

/** An error reply of an engine, as a value: {@code BUSYKEY Target key name already exists.} */
public record EngineError(String text) {

    /** The first word, such as {@code BUSYKEY}, {@code WRONGPASS} or {@code ERR}. */
    public String code() {
        int blank = text.indexOf(' ');
        return blank < 0 ? text : text.substring(0, blank);
    }

    /** The same as an exception, naming the engine and the command. */
    public CodisException asException(String address, String command) {
        Reason reason = switch (code()) {
            case "WRONGPASS", "NOAUTH", "NOPERM" -> Reason.UNAUTHORIZED;
            case "LOADING", "MASTERDOWN", "BUSY", "TRYAGAIN" -> Reason.NOT_READY;
            default -> Reason.ENGINE_REFUSED;
        };
        return new CodisException(reason, "engine " + address + ", " + command + ": " + text);
    }
}
