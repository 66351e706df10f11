package io.codis.cli.kube;

import java.util.Optional;

/**
 * Where a cluster of Kubernetes is.
 *
 * @param context of the kubeconfig
 * @param namespace absent: the context's, or what a file says
 * @param cluster name; absent: the only one there, or what a file says
 */
public record Place(String context, Optional<String> namespace, Optional<String> cluster) {}
