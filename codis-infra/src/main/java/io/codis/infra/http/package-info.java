/**
 * A small HTTP server and client with the error convention of Codis (status 800). Must not know any route.
 */
@NullMarked
package io.codis.infra.http;

import org.jspecify.annotations.NullMarked;
