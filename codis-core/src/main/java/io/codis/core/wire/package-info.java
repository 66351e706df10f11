/**
 * What our own processes tell each other, as records. Keys are written in snake_case by the JSON mapper of infra. The API of Codis 3.2 has its own records beside these.
 */
@NullMarked
package io.codis.core.wire;

import org.jspecify.annotations.NullMarked;
