/**
 * The cluster's one secret and what is derived from it. Must not know who uses a credential for what.
 */
@NullMarked
package io.codis.infra.secret;

import org.jspecify.annotations.NullMarked;
