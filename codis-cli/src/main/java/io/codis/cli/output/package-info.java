/**
 * What people and programs read: text, JSON or YAML, and progress on standard error. It knows no command.
 */
@NullMarked
package io.codis.cli.output;

import org.jspecify.annotations.NullMarked;
