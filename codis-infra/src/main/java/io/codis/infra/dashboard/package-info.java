/**
 * What both runtimes need from a dashboard: its REST API, its statistics as records, what the planner wants to know of
 * them, and the steps of a plan that are calls to it. Knows neither processes nor Kubernetes.
 */
@NullMarked
package io.codis.infra.dashboard;

import org.jspecify.annotations.NullMarked;
