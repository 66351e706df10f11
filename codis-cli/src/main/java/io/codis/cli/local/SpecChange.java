package io.codis.cli.local;

import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What cannot be changed while a cluster runs on one machine. */
final class SpecChange {

    private SpecChange() {}

    static List<SpecProblem> problems(CodisClusterSpec now, CodisClusterSpec wanted) {
        var problems = new ArrayList<>(Layout.collisions(wanted));
        fixed(problems, "metadata.name", now.name(), wanted.name());
        fixed(problems, "spec.productName", now.productName(), wanted.productName());
        stopped(
                problems,
                "spec.dashboardSpec.servicePort",
                port(now.dashboard().exposure().port()),
                port(wanted.dashboard().exposure().port()));
        stopped(
                problems,
                "spec.feSpec.servicePort",
                port(now.fe().exposure().port()),
                port(wanted.fe().exposure().port()));
        stopped(
                problems,
                "spec.proxySpec.servicePort",
                port(now.proxy().exposure().port()),
                port(wanted.proxy().exposure().port()));
        stopped(
                problems,
                "spec.proxySpec.adminPort",
                port(now.proxy().adminPort()),
                port(wanted.proxy().adminPort()));
        if (!now.proxy().auth().equals(wanted.proxy().auth())) {
            problems.add(new SpecProblem("spec.proxySpec.auth", 0, "", RESTART));
        }
        if (!Programs.engineSettings(now.redis()).equals(Programs.engineSettings(wanted.redis()))) {
            problems.add(new SpecProblem("spec.redisSpec", 0, "", "the engines' settings change; " + RESTART));
        }
        return problems;
    }

    private static final String RESTART =
            "not changed while the cluster runs; codis down, then codis up -f with this file";

    private static String port(int port) {
        return Integer.toString(port);
    }

    private static void fixed(List<SpecProblem> problems, String path, String now, String wanted) {
        if (!Objects.equals(now, wanted)) {
            problems.add(
                    new SpecProblem(path, 0, wanted, "this data directory holds " + now + "; use another with --data"));
        }
    }

    private static void stopped(List<SpecProblem> problems, String path, String now, String wanted) {
        if (!now.equals(wanted)) {
            problems.add(new SpecProblem(path, 0, wanted, "it is " + now + "; " + RESTART));
        }
    }
}
