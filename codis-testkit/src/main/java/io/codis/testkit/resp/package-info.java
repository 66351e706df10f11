/**
 * A client of the Redis protocol (RESP2) that hides nothing: requests are sent when told, replies are read one by one,
 * errors are values. For tests that care about pipelining, order and outcome; others may use Jedis.
 */
@NullMarked
package io.codis.testkit.resp;

import org.jspecify.annotations.NullMarked;
