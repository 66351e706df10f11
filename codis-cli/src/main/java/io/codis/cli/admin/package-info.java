/**
 * {@code codis-admin}, with the flags, formats and exit codes of Codis 3.2.
 *
 * <p>Owns what people type and read. Whatever changes a cluster is asked of its dashboard or proxy; only the commands
 * for a coordinator touch stored nodes. Start at {@link io.codis.cli.admin.AdminMain}.
 */
@NullMarked
package io.codis.cli.admin;

import org.jspecify.annotations.NullMarked;
