package io.codis.core.spec;

import java.util.Optional;

/**
 * The proxies that clients talk to.
 *
 * @param replicas with {@code autoscaling} those at the start
 * @param adminPort of the first proxy's admin API; on one machine the next proxies take the next ports
 * @param auth the password that clients must give; {@link #toString()} does not show it
 * @param authSecret where Kubernetes keeps that password; never beside {@code auth}
 * @param safeWrites a write is answered when every candidate of its master has it
 * @param autoscaling only on Kubernetes
 */
public record ProxySpec(
        int replicas,
        Exposure exposure,
        int adminPort,
        Optional<String> auth,
        Optional<SecretKey> authSecret,
        boolean safeWrites,
        Optional<Autoscaling> autoscaling,
        Placement placement) {

    public static final int MOST = 1_000;

    ProxySpec scaled(int proxies) {
        return new ProxySpec(proxies, exposure, adminPort, auth, authSecret, safeWrites, autoscaling, placement);
    }

    /** With the password that {@link #authSecret} stands for. */
    public ProxySpec withAuth(String password) {
        return new ProxySpec(
                replicas, exposure, adminPort, Optional.of(password), authSecret, safeWrites, autoscaling, placement);
    }

    @Override
    public String toString() {
        return "ProxySpec[replicas=" + replicas + ", exposure=" + exposure + ", adminPort=" + adminPort + ", auth="
                + (auth.isPresent() ? "set" : "none") + ", authSecret=" + authSecret + ", safeWrites=" + safeWrites
                + ", autoscaling=" + autoscaling + ", placement=" + placement + "]";
    }
}
