package io.codis.proxy;

import io.codis.core.config.Check;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Under which {@code host:port} others reach what listens here. */
final class Advertised {

    private Advertised() {}

    /**
     * What the flag says if it says something, else the listening address; a wildcard becomes an address of this host.
     *
     * @param flag such as {@code --host-admin}, for the message
     * @param given empty when the flag is not used; kept as it is when it resolves, so that it may be a name
     * @throws CodisException {@code InvalidArgument} when the given address cannot be reached by anybody
     */
    static String of(String flag, String given, InetSocketAddress listening) {
        return given.isEmpty() ? of(listening, Advertised::ownAddress) : checked(flag, given);
    }

    static String of(InetSocketAddress listening, Supplier<String> ownAddress) {
        InetAddress address = listening.getAddress();
        String host = address == null
                ? listening.getHostString()
                : address.isAnyLocalAddress() ? ownAddress.get() : address.getHostAddress();
        return bracketed(host) + ":" + listening.getPort();
    }

    private static String checked(String flag, String given) {
        String host = given.substring(0, Math.max(0, given.lastIndexOf(':')));
        if (host.isEmpty() || !Check.isAddress(given) || given.endsWith(":0")) {
            throw refused(flag, given, "not an address that others can reach; write host:port");
        }
        try {
            if (InetAddress.getByName(host).isAnyLocalAddress()) {
                throw refused(flag, given, "a wildcard cannot be advertised; write an address of this host");
            }
        } catch (UnknownHostException e) {
            throw refused(flag, given, "the host name does not resolve on this host");
        }
        return given;
    }

    private static CodisException refused(String flag, String given, String why) {
        return new CodisException(Reason.INVALID_ARGUMENT, flag + " = \"" + given + "\": " + why);
    }

    /** The host name when it stands for one of this host's own routable addresses, else the first of these. */
    private static String ownAddress() {
        List<InetAddress> own = ownAddresses();
        try {
            String name = InetAddress.getLocalHost().getHostName();
            if (own.contains(InetAddress.getByName(name))) {
                return name;
            }
        } catch (UnknownHostException e) {
            // a host without a name that resolves is common; its address will do
        }
        return own.isEmpty() ? "127.0.0.1" : own.getFirst().getHostAddress();
    }

    /** IPv4 first, in the order of the interfaces. */
    private static List<InetAddress> ownAddresses() {
        try {
            List<InetAddress> all = Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                    .flatMap(each -> Collections.list(each.getInetAddresses()).stream())
                    .filter(each -> !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                    .toList();
            return Stream.concat(
                            all.stream().filter(Inet4Address.class::isInstance),
                            all.stream().filter(each -> !(each instanceof Inet4Address)))
                    .toList();
        } catch (SocketException e) {
            return List.of();
        }
    }

    private static String bracketed(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
