/**
 * How proxies learn routes and lose access: pushes, barrier, admission, eviction, their logins at the masters. Must not know what a barrier is for.
 */
@NullMarked
package io.codis.dashboard.proxy;

import org.jspecify.annotations.NullMarked;
