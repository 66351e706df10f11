/** The console as a browser shows it. */
@NullMarked
package io.codis.it.console;

import org.jspecify.annotations.NullMarked;
