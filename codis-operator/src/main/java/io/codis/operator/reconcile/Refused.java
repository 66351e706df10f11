package io.codis.operator.reconcile;

import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.Exposure;
import io.codis.core.spec.SpecProblem;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the API server did not do, in one sentence: its own text has the request, the whole answer, and its name thrice.
 *
 * @param message with the field of the cluster where that is known
 */
public record Refused(Reason reason, String message) {

    private static final Pattern RANGE = Pattern.compile("range of valid ports is (\\d+-\\d+)");
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;
    private static final int SHOWN = 300;

    public static Refused of(KubernetesClientException e, Wanted wanted) {
        String said =
                Optional.ofNullable(e.getStatus()).map(Status::getMessage).orElse(Objects.toString(e.getMessage(), ""));
        if (e.getCode() <= 0 || e.getCode() == TOO_MANY || e.getCode() >= SERVER_ERROR) {
            return new Refused(Reason.UNAVAILABLE, "the API server does not answer: " + shortened(said));
        }
        return new Refused(
                Reason.INVALID_ARGUMENT,
                nodePort(e, wanted).map(SpecProblem::text).orElseGet(() -> "Kubernetes refuses: " + shortened(said)));
    }

    private static Optional<SpecProblem> nodePort(KubernetesClientException e, Wanted wanted) {
        Optional<StatusDetails> details = Optional.ofNullable(e.getStatus()).map(Status::getDetails);
        Optional<String> cause = details.stream()
                .flatMap(known -> known.getCauses().stream())
                .filter(each -> Objects.toString(each.getField(), "").endsWith(".nodePort"))
                .map(StatusCause::getMessage)
                .findFirst();
        Exposed exposed =
                exposed(wanted).get(details.map(StatusDetails::getName).orElse(""));
        if (cause.isEmpty() || exposed == null) {
            return Optional.empty();
        }
        return Optional.of(new SpecProblem(
                "spec." + exposed.field() + ".servicePort", 0, "" + exposed.as().port(), remedy(cause.get())));
    }

    private static String remedy(String cause) {
        Matcher range = RANGE.matcher(cause);
        if (range.find()) {
            return "the nodes of this Kubernetes have ports " + range.group(1)
                    + " for Services; choose one of these, or another serviceType";
        }
        return cause.contains("already allocated")
                ? "another Service has this port of the nodes; choose another one"
                : shortened(cause);
    }

    private record Exposed(String field, Exposure as) {}

    /** By the names of their Services. */
    private static Map<String, Exposed> exposed(Wanted wanted) {
        CodisClusterSpec spec = wanted.spec();
        return Map.of(
                wanted.names().service("proxy"),
                new Exposed("proxySpec", spec.proxy().exposure()),
                wanted.names().service("dashboard"),
                new Exposed("dashboardSpec", spec.dashboard().exposure()),
                wanted.names().service("fe"),
                new Exposed("feSpec", spec.fe().exposure()));
    }

    private static String shortened(String text) {
        String line =
                text.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }
}
