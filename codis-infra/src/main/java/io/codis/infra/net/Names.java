package io.codis.infra.net;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;

/**
 * Addresses of servers. A name is what a server is; its address may be another one after each restart, and another
 * server's by then, so whoever connects also asks who answers.
 */
public final class Names {

    private static final String REMEMBERED_SECONDS = "1";
    /** While the name service is silent the last answer is better than none. */
    private static final String STALE_SECONDS = Integer.toString(24 * 60 * 60);

    private Names() {}

    /** Has this process look names up anew after a second. To be called before anything is looked up: first in main. */
    public static void lookUpAnew() {
        Security.setProperty("networkaddress.cache.ttl", REMEMBERED_SECONDS);
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Security.setProperty("networkaddress.cache.stale.ttl", STALE_SECONDS);
    }

    /** The address of a host now; an address stands for itself. */
    public static String address(String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException e) {
            throw new CodisException(Reason.UNAVAILABLE, "host name " + host + " has no address now", e);
        }
    }

    /** {@code host:port} with the host as an address, for those who must not wait for a name service. */
    public static String resolved(String server) {
        int colon = server.lastIndexOf(':');
        return address(server.substring(0, colon)) + ":" + server.substring(colon + 1);
    }
}
