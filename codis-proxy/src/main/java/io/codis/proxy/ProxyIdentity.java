package io.codis.proxy;

import io.codis.core.codis3.ProxyNode;
import io.codis.core.config.ProxyConfig;
import io.codis.core.wire.Xauth;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Who this process is: its model as the dashboard stores it, and the guard of its API.
 *
 * @param model id 0, since only the dashboard knows it
 */
record ProxyIdentity(ProxyNode model, String xauth) {

    /** @param proxyAddress as advertised, like {@code adminAddress} */
    static ProxyIdentity of(ProxyConfig config, String proxyAddress, String adminAddress) {
        String product = config.get(ProxyConfig.PRODUCT_NAME);
        String token = Token.of(product, proxyAddress, adminAddress);
        var model = new ProxyNode(
                0,
                token,
                Instant.now().toString(),
                adminAddress,
                config.get(ProxyConfig.PROTO_TYPE),
                proxyAddress,
                null,
                product,
                (int) ProcessHandle.current().pid(),
                Path.of("").toAbsolutePath().toString(),
                system(),
                hostname(),
                config.get(ProxyConfig.PROXY_DATACENTER));
        return new ProxyIdentity(model, Xauth.ofProxy(product, config.get(ProxyConfig.PRODUCT_AUTH), token));
    }

    /** Much like {@code uname -a}, without running it. */
    private static String system() {
        return System.getProperty("os.name") + " " + hostname() + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch") + " java " + Runtime.version();
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** Never shows the guard. */
    @Override
    public String toString() {
        return "ProxyIdentity[" + model.token() + "]";
    }
}
