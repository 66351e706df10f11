package io.codis.cli.ha;

import io.codis.cli.ha.HaReport.Health;
import io.codis.cli.ha.HaReport.State;
import io.codis.core.problem.CodisException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what has changed between two looks; a healthy cluster is silent. */
final class HaWatch {

    private static final Logger LOG = LoggerFactory.getLogger(HaWatch.class);

    private final String dashboard;
    private Map<String, Health> last = new LinkedHashMap<>();
    private boolean first = true;
    private boolean away;

    HaWatch(String dashboard) {
        this.dashboard = dashboard;
    }

    /** The dashboard did not answer, or does not lead. */
    void seesNothing(CodisException problem) {
        if (!away) {
            LOG.warn(
                    "no answer dashboard={} reason={} cause=\"{}\"",
                    dashboard,
                    problem.reason().word(),
                    problem.getMessage());
        }
        away = true;
    }

    void see(HaReport report) {
        if (away) {
            LOG.info("answers again dashboard={}", dashboard);
        }
        away = false;
        if (first) {
            long ready = report.states().values().stream()
                    .filter(health -> health.state() == State.READY)
                    .count();
            LOG.info("watching members={} ready={}", report.states().size(), ready);
        }
        report.states().forEach(this::compare);
        last.keySet().stream()
                .filter(name -> !report.states().containsKey(name))
                .forEach(name -> LOG.info("gone member=\"{}\"", name));
        last = new LinkedHashMap<>(report.states());
        first = false;
    }

    private void compare(String name, Health now) {
        Health before = last.get(name);
        State was = before == null ? State.READY : before.state();
        if (now.state() == was) {
            return;
        }
        if (now.state() == State.READY) {
            LOG.info("ready again member=\"{}\" was={}", name, was);
        } else {
            LOG.warn("not ready member=\"{}\" state={} detail=\"{}\"", name, now.state(), now.detail());
        }
    }
}
