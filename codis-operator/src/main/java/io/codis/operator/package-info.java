/**
 * The operator: makes each CodisCluster of Kubernetes what its user wants and keeps it so.
 *
 * <p>The way of a spec: {@code api} (the kind's fields) -> core's spec record -> {@code desired} (objects, pure) and
 * core's planner -> {@code drive} (steps through Kubernetes and the dashboard) -> {@code reconcile} (the loop, status).
 * It speaks the HTTP API of dashboards and knows nothing of their insides.
 */
@NullMarked
package io.codis.operator;

import org.jspecify.annotations.NullMarked;
