/**
 * The commands of {@code codis}: arguments, checks and what is printed. What they do is in {@link io.codis.cli.local}.
 */
@NullMarked
package io.codis.cli.command;

import org.jspecify.annotations.NullMarked;
