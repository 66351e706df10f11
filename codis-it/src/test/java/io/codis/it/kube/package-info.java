/** Tests on a real Kubernetes: they take KUBECONFIG and CODIS_TEST_IMAGE, and are left out without them. */
package io.codis.it.kube;
