package io.codis.core.problem;

/** Why something is as it is: one word, the same in conditions, events, logs, metrics, HTTP problems and exit messages. */
public enum Reason {
    STALE_EPOCH("StaleEpoch", "a newer leader or role has been decided; this order comes from an older one"),
    STALE_VERSION("StaleVersion", "a newer version has been stored or installed; read again"),
    INVALID_ARGUMENT("InvalidArgument", "an argument is malformed or out of range"),
    NOT_FOUND("NotFound", "the named object does not exist"),
    ALREADY_EXISTS("AlreadyExists", "an object of that name exists"),
    NOT_READY("NotReady", "the process or cluster is not ready for this yet; retry"),
    BUSY("Busy", "another operation on the same object is running; wait for it to end"),
    TIMED_OUT("TimedOut", "no answer within the deadline"),
    UNAUTHORIZED("Unauthorized", "the credentials of the request are missing or wrong"),
    UNAVAILABLE("Unavailable", "the peer cannot be reached"),
    OUTCOME_UNKNOWN(
            "OutcomeUnknown", "the connection was lost after a write was sent; it may or may not have happened"),
    ENGINE_REFUSED("EngineRefused", "the storage engine answered with an error"),
    SETTINGS_REFUSED("SettingsRefused", "the storage engine does not take a setting; correct it in redisConf"),
    NO_ENGINE("NoEngine", "no valkey-server or redis-server found; install one or set REDIS_SERVER"),
    ENGINE_TOO_OLD("EngineTooOld", "a newer storage engine has written the data; use that one, or a newer one"),
    PORT_IN_USE("PortInUse", "the port is taken by another process"),
    REPLICAS_NOT_DIVISIBLE("ReplicasNotDivisible", "redisSpec.replicas must be a multiple of codisServerNumsPerGroup"),
    PAUSED("Paused", "nothing is changed while spec.paused is true"),
    FENCED("Fenced", "a person has taken the server out of its group; codis unfence lets it take part again"),
    NEEDS_DECISION("NeedsDecision", "no member can be proven to have the newest data; a person decides"),
    DATA_GONE("DataGone", "all servers of a group, which have no storage, were gone at once; it has begun again empty"),
    COORDINATOR_LOST("CoordinatorLost", "servers hold data that the coordinator does not know of"),
    FOREIGN_SERVER("ForeignServer", "the server or its volume belongs to another cluster, group or address"),
    FOREIGN_KEYS("ForeignKeys", "a group holds keys of slots that it does not own"),
    TARGET_UNFIT("TargetUnfit", "the target group cannot take the keys; the message says what it lacks"),
    BIG_KEY("BigKey", "a key is too big to be moved without holding up its server"),
    MOVE_FAILED("MoveFailed", "slots do not move at the moment; the move is tried again"),
    PROXY_EVICTED("ProxyEvicted", "a proxy did not confirm its routes and may not use the servers"),
    ENGINE_RESTARTED("EngineRestarted", "the engine has been started again since the order was decided; decide again"),
    INTERNAL("Internal", "a defect of this program");

    private final String word;
    private final String remedy;

    Reason(String word, String remedy) {
        this.word = word;
        this.remedy = remedy;
    }

    /** The reason of that word; {@link #INTERNAL} for a word that this version does not know. */
    public static Reason ofWord(String word) {
        for (Reason reason : values()) {
            if (reason.word.equals(word)) {
                return reason;
            }
        }
        return INTERNAL;
    }

    /** The word that people and programs see. */
    public String word() {
        return word;
    }

    /** What it means and what to do, in one sentence without a final stop. */
    public String remedy() {
        return remedy;
    }
}
