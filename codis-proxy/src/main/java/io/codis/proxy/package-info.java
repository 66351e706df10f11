/**
 * The proxy process: flags and configuration, the admin API, how it joins its cluster, what it counts.
 *
 * <p>Owns: everything but the clients' requests, which {@link io.codis.proxy.plane.DataPlane} serves. Must not know: the
 * dashboard's inside, Kubernetes.
 *
 * <p>Start reading at {@code ProxyMain}; the way of a request is {@code session}, {@code route}, {@code
 * backend}.
 */
@NullMarked
package io.codis.proxy;

import org.jspecify.annotations.NullMarked;
