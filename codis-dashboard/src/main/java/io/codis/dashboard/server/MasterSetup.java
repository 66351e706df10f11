package io.codis.dashboard.server;

/** What an engine needs before proxies may be sent to it as a master. */
public interface MasterSetup {

    /**
     * Brings the engine's users and settings into line with the stored topology: logins of admitted proxies on, those of
     * evicted proxies off, migration logins as stored. To be called with the group's slots still locked, after the engine
     * has taken its role and before its routes are opened; may be repeated.
     *
     * @param gid the group
     * @param address {@code host:port} of the engine
     * @throws io.codis.core.problem.CodisException {@code UNAVAILABLE} or {@code UNAUTHORIZED}; nothing is to be opened
     */
    void prepare(int gid, String address);
}
