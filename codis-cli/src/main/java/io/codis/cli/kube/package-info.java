/**
 * A cluster that the operator keeps, as the commands {@code status}, {@code plan}, {@code failover} and {@code rebalance}
 * see it.
 *
 * <p>It works from anywhere with the rights of the user's own context: objects are read from the API server, the dashboard
 * is reached through a port that the API server forwards. It changes no object; what is wanted is changed with kubectl.
 */
@NullMarked
package io.codis.cli.kube;

import org.jspecify.annotations.NullMarked;
