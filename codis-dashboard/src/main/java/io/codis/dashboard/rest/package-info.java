/**
 * The HTTP API of Codis 3.2 and our additions. Turns requests into topology commands; must not touch proxies or engines itself.
 */
@NullMarked
package io.codis.dashboard.rest;

import org.jspecify.annotations.NullMarked;
