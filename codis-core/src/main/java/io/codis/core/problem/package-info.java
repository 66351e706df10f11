/**
 * One word for one reason: the same in conditions, events, logs, HTTP problems, exit codes and RESP errors.
 */
@NullMarked
package io.codis.core.problem;

import org.jspecify.annotations.NullMarked;
