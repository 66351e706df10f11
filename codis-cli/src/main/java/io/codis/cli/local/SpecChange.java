package io.codis.cli.local;

import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.LiveSettings;
import io.codis.core.spec.SpecProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one specification of a data directory's cluster changes of another that is more than numbers. */
record SpecChange(DataDirectory data, CodisClusterSpec now, CodisClusterSpec wanted) {

    /** Who reads a setting when it starts. */
    private enum Reader {
        /** Whose address others know. */
        LISTENER,
        PROXIES,
        SERVERS,
        /** Servers that run take it too. */
        LIVE
    }

    /** A setting that processes read when they start. Values are empty where nobody should read them. */
    record AtStart(Reader reader, String field, String now, String wanted) {

        private String text() {
            return field + (wanted.isEmpty() ? " changes" : " = " + wanted + ", now " + now);
        }

        /** For the plan of a stopped cluster. */
        String atStart() {
            return "at the start: " + text();
        }

        /** For the plan of a running one. */
        String rolling() {
            return switch (reader) {
                case LIVE -> "set live at the servers, none is restarted: " + text();
                case PROXIES -> "restart the proxies one by one: " + text();
                case SERVERS, LISTENER -> "restart the servers one by one, a master after a switchover: " + text();
            };
        }

        /** Whether nobody but clients of one proxy at a time notices. */
        private boolean canRoll(boolean alone) {
            return reader == Reader.LIVE || reader == Reader.PROXIES || reader == Reader.SERVERS && !alone;
        }
    }

    /** What keeps a running cluster from becoming {@code wanted}. */
    List<SpecProblem> whileRunning() {
        boolean alone = now.redis().perGroup() == 1 || wanted.redis().perGroup() == 1;
        var problems = always();
        atStart().stream()
                .filter(change -> !change.canRoll(alone))
                .forEach(change -> problems.add(whileRunning(change)));
        return problems;
    }

    private SpecProblem whileRunning(AtStart change) {
        String why = change.reader() == Reader.SERVERS ? "a group of one server would be interrupted; " : "";
        return new SpecProblem(
                change.field(),
                0,
                change.wanted(),
                "it is " + change.now() + "; " + why + "not changed while the cluster runs; " + data.codis("down")
                        + ", then " + data.codis("up -f FILE"));
    }

    /** What keeps the cluster of the data directory from ever becoming {@code wanted}. */
    List<SpecProblem> always() {
        var problems = new ArrayList<>(Layout.collisions(wanted));
        fixed(problems, "metadata.name", now.name(), wanted.name());
        fixed(problems, "spec.productName", now.productName(), wanted.productName());
        // replicas, proxies and the map know a server by it
        fixed(
                problems,
                "spec.redisSpec.servicePort",
                "" + now.redis().port(),
                "" + wanted.redis().port());
        return problems;
    }

    /** What changes when the processes are started the next time. */
    List<AtStart> atStart() {
        var changes = new ArrayList<AtStart>();
        port(
                changes,
                "spec.dashboardSpec.servicePort",
                now.dashboard().exposure().port(),
                wanted.dashboard().exposure().port());
        port(
                changes,
                "spec.feSpec.servicePort",
                now.fe().exposure().port(),
                wanted.fe().exposure().port());
        port(
                changes,
                "spec.proxySpec.servicePort",
                now.proxy().exposure().port(),
                wanted.proxy().exposure().port());
        port(
                changes,
                "spec.proxySpec.adminPort",
                now.proxy().adminPort(),
                wanted.proxy().adminPort());
        if (now.proxy().safeWrites() != wanted.proxy().safeWrites()) {
            changes.add(new AtStart(
                    Reader.PROXIES,
                    "spec.proxySpec.safeWrites",
                    "" + now.proxy().safeWrites(),
                    "" + wanted.proxy().safeWrites()));
        }
        if (!now.proxy().auth().equals(wanted.proxy().auth())) {
            changes.add(new AtStart(Reader.PROXIES, "spec.proxySpec.auth", "", ""));
        }
        engine(changes);
        return changes;
    }

    private static void port(List<AtStart> changes, String field, int now, int wanted) {
        if (now != wanted) {
            changes.add(new AtStart(Reader.LISTENER, field, Integer.toString(now), Integer.toString(wanted)));
        }
    }

    private void engine(List<AtStart> changes) {
        Map<String, String> before = now.redis().startSettings();
        Map<String, String> after = wanted.redis().startSettings();
        var names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            if (!Objects.equals(before.get(name), after.get(name))) {
                boolean written = now.redis().engineSettings().containsKey(name)
                        || wanted.redis().engineSettings().containsKey(name);
                changes.add(new AtStart(
                        LiveSettings.has(name) ? Reader.LIVE : Reader.SERVERS,
                        written
                                ? "spec.redisSpec.redisConf." + name
                                : "spec.redisSpec.codisServerResources.limits.memory (" + name + ")",
                        shown(before.get(name)),
                        shown(after.get(name))));
            }
        }
    }

    private static String shown(@Nullable String value) {
        return value == null ? "the engine's default" : value.isEmpty() ? "\"\"" : value;
    }

    private void fixed(List<SpecProblem> problems, String path, String now, String wanted) {
        if (!Objects.equals(now, wanted)) {
            problems.add(new SpecProblem(
                    path,
                    0,
                    wanted,
                    "this data directory holds " + now + "; use another with --data, or "
                            + data.codis("down --purge")));
        }
    }
}
