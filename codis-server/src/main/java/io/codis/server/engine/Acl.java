package io.codis.server.engine;

import io.codis.core.wire.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Users of an engine: the name, then the rules of ACL SETUSER. Passwords are given as their SHA-256. */
final class Acl {

    private Acl() {}

    static List<String> everything(Credentials login) {
        return List.of(login.user(), "reset", "on", "#" + sha256(login.password()), "~*", "&*", "+@all");
    }

    /** What the metrics exporter beside a server asks; no keys, and no configuration, which has passwords in it. */
    static List<String> metrics(Credentials login) {
        return List.of(
                login.user(),
                "reset",
                "on",
                "#" + sha256(login.password()),
                "+ping",
                "+info",
                "+select",
                "+dbsize",
                "+client|setname",
                "+slowlog|get",
                "+slowlog|len",
                "+latency|latest",
                "+latency|histogram");
    }

    /** What a replica's link needs; PING is its heartbeat. */
    static List<String> replication(Credentials login) {
        return List.of(login.user(), "reset", "on", "#" + sha256(login.password()), "+psync", "+replconf", "+ping");
    }

    /** What fetches a snapshot: a replica's way in, and how far this server is. */
    static List<String> backup(Credentials login) {
        return List.of(
                login.user(), "reset", "on", "#" + sha256(login.password()), "+sync", "+replconf", "+ping", "+info");
    }

    private static String sha256(String password) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(password.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
