package io.codis.dashboard.rest;

/** What people may ask of the loop that gives servers their roles. Every method returns once the wish is accepted or done. */
public interface RoleService {

    /**
     * Makes {@code address} the master of its group without losing a write, and returns when it is.
     *
     * @throws io.codis.core.problem.CodisException when it cannot; the old master then serves on
     */
    void switchover(int gid, String address);

    /** A person chose: {@code address} becomes master of a group without one, whatever it lacks. */
    void acceptLoss(int gid, String address);

    /** As above, of the member that has most of what is left. */
    Left acceptLoss(int gid);

    /** @param keys of the new master before it had the role, -1 if unknown */
    record Left(String master, long keys) {}

    /**
     * Takes a server out of its group until it is unfenced; a master gives its role away first, without losing a write.
     *
     * @throws io.codis.core.problem.CodisException when the group would have no master
     */
    Fenced fence(int gid, String address);

    /** It takes part again; whether it was fenced. */
    boolean unfence(int gid, String address);

    /**
     * @param changed false if it was fenced before
     * @param master of the group
     * @param replicas that could become master
     * @param reached its launcher has confirmed it; otherwise it is told as soon as it answers
     */
    record Fenced(boolean changed, String master, int replicas, boolean reached) {}

    /** Looks at the group at once, such as after a member was added or a synchronisation was asked for. */
    void attach(int gid);
}
