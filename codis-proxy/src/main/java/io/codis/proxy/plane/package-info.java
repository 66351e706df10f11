/**
 * What the proxy process asks of its data plane: {@link io.codis.proxy.plane.DataPlane}, what it is opened with and what
 * it counts. Owns no behaviour. Must not know: how it is done ({@code session}), who asks (the admin API).
 */
@NullMarked
package io.codis.proxy.plane;

import org.jspecify.annotations.NullMarked;
