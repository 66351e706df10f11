/**
 * One line per event, for every process. Must not know command line libraries.
 */
@NullMarked
package io.codis.infra.log;

import org.jspecify.annotations.NullMarked;
