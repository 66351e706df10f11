package io.codis.dashboard;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;

/** Where this process listens and under which address others find it. */
final class Advertised {

    private Advertised() {}

    /** {@code host:port}; no host means all addresses. */
    static InetSocketAddress listening(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon)).replaceAll("^\\[(.*)]$", "$1");
        int port = port(text, colon);
        var address = host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw refused("admin_addr", text, "the host name does not resolve on this host");
        }
        return address;
    }

    /** What {@code --host-admin} says if it is given, else the listening address with a wildcard replaced. */
    static String of(String given, InetSocketAddress listening) {
        if (!given.isEmpty()) {
            return checked(given);
        }
        InetAddress address = listening.getAddress();
        String host = address.isAnyLocalAddress() ? ownAddress() : address.getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + listening.getPort();
    }

    private static String checked(String given) {
        int colon = given.lastIndexOf(':');
        String host = given.substring(0, Math.max(0, colon));
        if (host.isEmpty() || port(given, colon) == 0) {
            throw refused("--host-admin", given, "not an address that others can reach; write host:port");
        }
        try {
            if (InetAddress.getByName(host).isAnyLocalAddress()) {
                throw refused("--host-admin", given, "a wildcard cannot be advertised; write an address of this host");
            }
            return given;
        } catch (UnknownHostException e) {
            throw refused("--host-admin", given, "the host name does not resolve on this host");
        }
    }

    private static int port(String text, int colon) {
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw refused("address", text, "not host:port");
    }

    private static CodisException refused(String what, String value, String why) {
        return new CodisException(Reason.INVALID_ARGUMENT, what + " = \"" + value + "\": " + why);
    }

    private static String ownAddress() {
        try {
            return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                    .flatMap(each -> Collections.list(each.getInetAddresses()).stream())
                    .filter(each -> !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                    .map(InetAddress::getHostAddress)
                    .min((a, b) -> Boolean.compare(a.contains(":"), b.contains(":")))
                    .orElse("127.0.0.1");
        } catch (SocketException e) {
            return "127.0.0.1";
        }
    }
}
