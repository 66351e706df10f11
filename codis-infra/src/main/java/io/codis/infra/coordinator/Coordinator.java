package io.codis.infra.coordinator;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A client of the store that outlives every process of a cluster; safe for any number of threads.
 *
 * <p>An object is read and written whole, under a path such as {@code /codis3/demo/cluster}. Its version is opaque: it
 * grows with every change and no other state of that path ever has it again, deletion and foreign tools included. Every
 * method may throw {@link Reason#UNAVAILABLE} (nothing was changed), {@link Reason#TIMED_OUT} (the store is held by
 * somebody else, nothing was changed) or {@link Reason#OUTCOME_UNKNOWN} (a change may have happened: read again).
 */
public interface Coordinator extends AutoCloseable {

    /** Matches whatever version there is. */
    long ANY_VERSION = -1;

    /** One object as it was at one moment. */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Node(byte[] data, long version) {}

    /**
     * Creates the object, durably; parents appear by themselves.
     *
     * @return its version
     * @throws CodisException {@link Reason#ALREADY_EXISTS}
     */
    long create(String path, byte[] data);

    /** The object, empty if there is none. */
    Optional<Node> read(String path);

    /**
     * Replaces the object, durably, if it still has {@code expectedVersion}.
     *
     * @return its new version
     * @throws CodisException {@link Reason#STALE_VERSION} if it has another, {@link Reason#NOT_FOUND} if it is gone
     */
    long update(String path, byte[] data, long expectedVersion);

    /**
     * Creates or replaces the object whatever it was. For what can be made again from another object: readers always
     * see it whole, whoever is killed, but it is not safe against a power cut. Its version is another one unless the
     * content is the same.
     */
    void put(String path, byte[] data);

    /**
     * Removes the object if it still has {@code expectedVersion}, or in any case with {@link #ANY_VERSION}.
     *
     * @return whether there was one
     * @throws CodisException {@link Reason#STALE_VERSION} if it has another
     */
    boolean delete(String path, long expectedVersion);

    /** Names below {@code path}, sorted; empty if there is no such path. */
    List<String> children(String path);

    /**
     * Blocks until the object's version differs from {@code knownVersion}, or {@code timeout} has passed.
     *
     * @param knownVersion 0 for "there is none"
     * @return whether it differs
     */
    boolean awaitChange(String path, long knownVersion, Duration timeout);

    /**
     * Becomes the only holder of {@code name} among all processes, if nobody is. The lease ends with
     * {@link Lease#close()}, with this client, or with the process, however that dies.
     *
     * @param name a path such as {@code /codis3/demo/leader}; it is no object and not among {@link #children}
     */
    Optional<Lease> tryLead(String name);

    /** After {@link #tryLead} in vain: how long until it is worth another try. */
    default Duration leadPause(String name) {
        return Duration.ofMillis(200);
    }

    /** Whether tools of Codis 3.2 can read this store, so that their nodes are worth writing. */
    default boolean readByCodis3Tools() {
        return true;
    }

    @Override
    void close();

    /** The right to be the only one. */
    interface Lease extends AutoCloseable {

        /** False from the moment on from which somebody else may hold it; never true again after that. */
        boolean held();

        /** How it was lost, for people who read logs. */
        default String loss() {
            return "the lease was taken away";
        }

        @Override
        void close();
    }

    /** Refuses a path that is no absolute path of plain names. */
    static void checkPath(String path) {
        boolean plain = path.startsWith("/") && path.length() > 1;
        for (String name : path.substring(Math.min(1, path.length())).split("/", -1)) {
            plain &= !name.isEmpty() && !name.equals(".") && !name.equals("..") && name.indexOf('\0') < 0;
        }
        if (!plain) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "coordinator path \"" + path + "\" is malformed");
        }
    }
}
