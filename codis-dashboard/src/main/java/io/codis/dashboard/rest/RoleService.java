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

    /** Looks at the group at once, such as after a member was added or a synchronisation was asked for. */
    void attach(int gid);
}
