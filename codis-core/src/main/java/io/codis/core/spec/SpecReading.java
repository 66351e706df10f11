package io.codis.core.spec;

import java.util.List;

/** What became of a document: the whole record, or every problem. */
public sealed interface SpecReading {

    /** @param notes remarks for the user; nothing fails because of them */
    record Valid(CodisClusterSpec spec, List<String> notes) implements SpecReading {}

    /** @param problems at least one */
    record Invalid(List<SpecProblem> problems) implements SpecReading {}
}
