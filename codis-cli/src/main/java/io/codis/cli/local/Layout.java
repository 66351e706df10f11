package io.codis.cli.local;

import com.fasterxml.jackson.core.type.TypeReference;
import io.codis.core.plan.MemberId;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecProblem;
import io.codis.infra.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which process has which port. A server keeps its port as long as it exists, whatever the specification becomes.
 *
 * @param servers port by member
 */
public record Layout(SortedMap<MemberId, Integer> servers) {

    public static final String HOST = "127.0.0.1";

    private static final Pattern NAME = Pattern.compile("server-(\\d+)-(\\d+)");

    public Layout {
        servers = Collections.unmodifiableSortedMap(new TreeMap<>(servers));
    }

    static Layout empty() {
        return new Layout(new TreeMap<>());
    }

    static Layout load(DataDirectory data) {
        var servers = new TreeMap<MemberId, Integer>();
        data.read(data.layout())
                .map(text ->
                        Json.read(text.getBytes(StandardCharsets.UTF_8), new TypeReference<Map<String, Integer>>() {}))
                .ifPresent(ports -> ports.forEach((name, port) -> servers.put(member(name), port)));
        return new Layout(servers);
    }

    void store(DataDirectory data) {
        var ports = new LinkedHashMap<String, Integer>();
        servers.forEach((member, port) -> ports.put(member.toString(), port));
        data.write(data.layout(), Json.pretty(ports));
    }

    /** With a place for every server of {@code spec}; new ones get the lowest ports that nothing of the cluster uses. */
    Layout with(CodisClusterSpec spec) {
        var next = new TreeMap<>(servers);
        var taken = new ArrayList<>(fixed(spec).keySet());
        servers.values().forEach(port -> taken.addAll(List.of(port, launcherPort(port))));
        for (int group = 1; group <= spec.redis().groups(); group++) {
            for (int ordinal = 1; ordinal <= spec.redis().perGroup(); ordinal++) {
                next.computeIfAbsent(new MemberId(group, ordinal), member -> {
                    int port = spec.redis().port();
                    while (taken.contains(port) || taken.contains(launcherPort(port))) {
                        port++;
                    }
                    if (launcherPort(port) > 65_535) {
                        throw new CodisException(
                                Reason.INVALID_ARGUMENT,
                                "no port left for " + member + "; lower spec.redisSpec.servicePort");
                    }
                    taken.addAll(List.of(port, launcherPort(port)));
                    return port;
                });
            }
        }
        return new Layout(next);
    }

    Layout without(MemberId member) {
        var next = new TreeMap<>(servers);
        next.remove(member);
        return new Layout(next);
    }

    /** {@code host:port} of a server. */
    String address(MemberId member) {
        return HOST + ":" + port(member);
    }

    int port(MemberId member) {
        return Optional.ofNullable(servers.get(member))
                .orElseThrow(() -> new CodisException(Reason.NOT_FOUND, "no such server: " + member));
    }

    /** The member that listens at {@code address}, if it is one of ours. */
    Optional<MemberId> memberAt(String address) {
        return servers.entrySet().stream()
                .filter(entry -> (HOST + ":" + entry.getValue()).equals(address))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    static int launcherPort(int port) {
        return port + CodisClusterSpec.LAUNCHER_OFFSET;
    }

    /** What listens where, servers and their launchers included. */
    SortedMap<Integer, String> ports(CodisClusterSpec spec) {
        var all = new TreeMap<>(fixed(spec));
        servers.forEach((member, port) -> {
            all.put(port, member.toString());
            all.put(launcherPort(port), "launcher of " + member);
        });
        return all;
    }

    /** The same, but for what processes hold already that are kept. */
    SortedMap<Integer, String> ports(CodisClusterSpec spec, Predicate<String> kept) {
        SortedMap<Integer, String> all = ports(spec);
        all.values().removeIf(name -> kept.test(name.replace("launcher of ", "").replace("admin API of ", "")));
        return all;
    }

    /** Ports that two processes of the cluster would share. */
    static List<SpecProblem> collisions(CodisClusterSpec spec) {
        var problems = new ArrayList<SpecProblem>();
        var seen = new TreeMap<Integer, String>();
        listeners(spec).forEach(listener -> {
            if (listener.port() > 65_535) {
                problems.add(new SpecProblem(
                        listener.field(),
                        0,
                        "",
                        listener.name() + " would need port " + listener.port() + "; lower it"));
            } else {
                String other = seen.putIfAbsent(listener.port(), listener.name());
                if (other != null) {
                    problems.add(new SpecProblem(
                            listener.field(),
                            0,
                            "" + listener.port(),
                            listener.name() + " and " + other + " would both listen there; change one"));
                }
            }
        });
        return problems;
    }

    private record Listener(String field, String name, int port) {}

    private static Map<Integer, String> fixed(CodisClusterSpec spec) {
        var ports = new TreeMap<Integer, String>();
        listeners(spec).forEach(listener -> ports.put(listener.port(), listener.name()));
        return ports;
    }

    private static List<Listener> listeners(CodisClusterSpec spec) {
        var all = new ArrayList<Listener>();
        all.add(new Listener(
                "spec.dashboardSpec.servicePort",
                "dashboard",
                spec.dashboard().exposure().port()));
        if (spec.fe().replicas() > 0) {
            all.add(new Listener(
                    "spec.feSpec.servicePort", "fe", spec.fe().exposure().port()));
        }
        for (int proxy = 1; proxy <= spec.proxy().replicas(); proxy++) {
            all.add(new Listener("spec.proxySpec.servicePort", "proxy-" + proxy, proxyPort(spec, proxy)));
            all.add(new Listener("spec.proxySpec.adminPort", "admin API of proxy-" + proxy, adminPort(spec, proxy)));
        }
        return all;
    }

    static int proxyPort(CodisClusterSpec spec, int ordinal) {
        return spec.proxy().exposure().port() + ordinal - 1;
    }

    static int adminPort(CodisClusterSpec spec, int ordinal) {
        return spec.proxy().adminPort() + ordinal - 1;
    }

    private static MemberId member(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "layout.json: not a server: " + name);
        }
        return new MemberId(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
}
