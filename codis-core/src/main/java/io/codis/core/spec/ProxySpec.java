package io.codis.core.spec;

import java.util.Optional;

/**
 * The proxies that clients talk to.
 *
 * @param adminPort of the first proxy's admin API; on one machine the next proxies take the next ports
 * @param auth the password that clients must give; {@link #toString()} does not show it
 */
public record ProxySpec(int replicas, Exposure exposure, int adminPort, Optional<String> auth, Placement placement) {

    @Override
    public String toString() {
        return "ProxySpec[replicas=" + replicas + ", exposure=" + exposure + ", adminPort=" + adminPort + ", auth="
                + (auth.isPresent() ? "set" : "none") + ", placement=" + placement + "]";
    }
}
