package io.codis.operator.reconcile;

import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.Exposure;
import io.codis.core.spec.Placement;
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
import java.util.stream.Collectors;

/**
 * What the API server did not do, in one sentence: its own text has the request, the whole answer, and its name thrice.
 *
 * @param message with the field of the cluster where that is known
 */
public record Refused(Reason reason, String message) {

    private static final Pattern RANGE = Pattern.compile("range of valid ports is (\\d+-\\d+)");
    /** Server-side apply answers 500 to it, although it is the user's field and never passes. */
    private static final Pattern UNDECLARED = Pattern.compile("(\\S+): field not declared in schema");

    private static final String TO_TEMPLATE = "^.*?\\.template\\.";
    private static final Pattern OF_POD =
            Pattern.compile(TO_TEMPLATE + "(?:spec\\.(affinity|containers\\[[^]]*]\\.lifecycle)\\b)?(.*)");
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;
    private static final int SHOWN = 300;

    public static Refused of(KubernetesClientException e, Wanted wanted) {
        String said = said(e);
        String undeclared = undeclared(said, wanted);
        if (!undeclared.isEmpty()) {
            return new Refused(Reason.INVALID_ARGUMENT, undeclared);
        }
        if (e.getCode() <= 0 || e.getCode() == TOO_MANY || e.getCode() >= SERVER_ERROR) {
            return new Refused(Reason.UNAVAILABLE, "the API server does not answer: " + shortened(said));
        }
        return new Refused(
                Reason.INVALID_ARGUMENT,
                nodePort(e, wanted).map(SpecProblem::text).orElseGet(() -> "Kubernetes refuses: " + shortened(said)));
    }

    /** The API server's own words, without the request. */
    public static String said(KubernetesClientException e) {
        return Optional.ofNullable(e.getStatus()).map(Status::getMessage).orElse(Objects.toString(e.getMessage(), ""));
    }

    /** Fields that Kubernetes does not know, as the user wrote them; empty if there are none. */
    private static String undeclared(String said, Wanted wanted) {
        return UNDECLARED
                .matcher(said)
                .results()
                .map(found -> field(found.group(1), said, wanted) + ": Kubernetes has no such field; correct its name"
                        + explained(found.group(1)))
                .distinct()
                .collect(Collectors.joining("; "));
    }

    /** In the cluster; in the object where it is not known what that comes from. */
    private static String field(String path, String said, Wanted wanted) {
        Matcher ofPod = OF_POD.matcher(path);
        Optional<Map.Entry<String, Placement>> part = placements(wanted.spec()).entrySet().stream()
                .filter(each -> said.contains(wanted.names().cluster() + "-codis-" + each.getKey() + "-"))
                .findFirst();
        if (part.isEmpty() || !ofPod.matches()) {
            return path.replaceFirst("^\\.", "");
        }
        String component = part.get().getKey();
        String spec = "spec." + (component.equals("server") ? "redis" : component) + "Spec.";
        String of = Objects.toString(ofPod.group(1), "");
        Placement placement = part.get().getValue();
        if (of.equals("affinity") && !placement.affinity().isEmpty()) {
            return spec + "affinity" + ofPod.group(2);
        }
        return of.endsWith("lifecycle") && !placement.lifecycle().isEmpty()
                ? spec + "lifecycle" + ofPod.group(2)
                : spec + "podTemplate." + path.replaceFirst(TO_TEMPLATE, "");
    }

    private static Map<String, Placement> placements(CodisClusterSpec spec) {
        return Map.of(
                "server", spec.redis().placement(),
                "proxy", spec.proxy().placement(),
                "dashboard", spec.dashboard().placement(),
                "fe", spec.fe().placement(),
                "ha", spec.ha().placement());
    }

    /** Where the right names are: the field above it, without the names of items. */
    private static String explained(String path) {
        return OF_POD.matcher(path).matches()
                ? ", see kubectl explain pod."
                        + path.replaceFirst(TO_TEMPLATE, "")
                                .replaceAll("\\[[^]]*]", "")
                                .replaceFirst("\\.[^.]*$", "")
                : "";
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
