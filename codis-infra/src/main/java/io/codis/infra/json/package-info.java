/**
 * JSON as all processes write and read it. Owns the one mapper; must not know what is in the documents.
 */
@NullMarked
package io.codis.infra.json;

import org.jspecify.annotations.NullMarked;
