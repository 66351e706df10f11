/**
 * YAML to and from trees with line numbers. It does not know what a document means.
 */
@NullMarked
package io.codis.cli.yaml;

import org.jspecify.annotations.NullMarked;
