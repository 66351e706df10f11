package io.codis.proxy;

import io.codis.core.config.Key;
import io.codis.core.config.ProxyConfig;
import io.codis.core.config.Span;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.proxy.plane.DataPlaneSettings;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The configuration in the form that the data plane takes. */
final class Listening {

    private static final Duration SHORTEST_PING = Duration.ofSeconds(1);

    private Listening() {}

    /** {@code host:port} to listen on; no host means all addresses. */
    static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon).replace("[", "").replace("]", "");
        int port = Integer.parseInt(text.substring(colon + 1));
        InetSocketAddress address = host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "\"" + text + "\": the host name does not resolve");
        }
        return address;
    }

    static DataPlaneSettings settings(ProxyConfig config, int loops) {
        if (config.get(ProxyConfig.PROTO_TYPE).startsWith("unix")) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "proto_type = \"" + config.get(ProxyConfig.PROTO_TYPE)
                            + "\": sockets in the file system are not served; write \"tcp4\"");
        }
        return new DataPlaneSettings(
                address(config.get(ProxyConfig.PROXY_ADDR)),
                config.get(ProxyConfig.SESSION_AUTH),
                config.get(ProxyConfig.PRODUCT_AUTH),
                loops,
                config.get(ProxyConfig.BACKEND_NUMBER_DATABASES),
                duration(config, ProxyConfig.SLOT_LOCK_TIMEOUT),
                clients(config),
                backends(config));
    }

    private static DataPlaneSettings.Clients clients(ProxyConfig config) {
        return new DataPlaneSettings.Clients(
                config.get(ProxyConfig.PROXY_MAX_CLIENTS),
                duration(config, ProxyConfig.SESSION_RECV_TIMEOUT),
                duration(config, ProxyConfig.SESSION_SEND_TIMEOUT),
                config.get(ProxyConfig.SESSION_MAX_PIPELINE),
                !duration(config, ProxyConfig.SESSION_KEEPALIVE_PERIOD).isZero(),
                config.get(ProxyConfig.SESSION_BREAK_ON_FAILURE));
    }

    private static DataPlaneSettings.Backends backends(ProxyConfig config) {
        Duration ping = duration(config, ProxyConfig.BACKEND_PING_PERIOD);
        return new DataPlaneSettings.Backends(
                ping.isZero() || ping.compareTo(SHORTEST_PING) >= 0 ? ping : SHORTEST_PING,
                duration(config, ProxyConfig.BACKEND_RECV_TIMEOUT),
                config.get(ProxyConfig.BACKEND_MAX_PIPELINE),
                Math.max(1, config.get(ProxyConfig.BACKEND_PRIMARY_PARALLEL)),
                config.get(ProxyConfig.BACKEND_PRIMARY_ONLY),
                config.get(ProxyConfig.SAFE_WRITES));
    }

    private static Duration duration(ProxyConfig config, Key<Span> key) {
        return config.get(key).duration();
    }
}
