package io.codis.core.spec;

import io.codis.core.spec.SpecTree.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a reader found, in the order of the document. */
final class Findings {

    private final List<SpecProblem> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> kubernetesOnly = new LinkedHashSet<>();

    void wrong(String path, int line, String value, String message) {
        problems.add(new SpecProblem(path, line, value, message));
    }

    void duplicates(String path, Mapping mapping) {
        mapping.duplicates()
                .forEach((key, line) ->
                        wrong(path.isEmpty() ? key : path + "." + key, line, "", "given twice; keep one"));
    }

    void note(String note) {
        notes.add(note);
    }

    void kubernetesOnly(String field) {
        kubernetesOnly.add(field);
    }

    List<SpecProblem> problems() {
        return List.copyOf(problems);
    }

    /** Remarks of which nothing fails; the fields for Kubernetes are one of them. */
    List<String> notes() {
        var all = new ArrayList<>(notes);
        if (!kubernetesOnly.isEmpty()) {
            all.add("without effect on one machine, used on Kubernetes: " + String.join(", ", kubernetesOnly));
        }
        return List.copyOf(all);
    }
}
