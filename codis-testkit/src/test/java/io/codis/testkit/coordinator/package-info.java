/** The contract of the coordinators' port against real stores; the promises themselves are in codis-infra. */
@NullMarked
package io.codis.testkit.coordinator;

import org.jspecify.annotations.NullMarked;
