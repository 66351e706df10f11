/**
 * Every command that a client may send: its name, arity, access, keys and the declared route through the proxy.
 *
 * <p>Owns: the table ({@link io.codis.core.command.CommandTable}), where the keys of a call are, and the words with
 * which a call is refused. Must not know: connections, groups, slots. A command that is not in the table does not pass.
 *
 * <p>Start reading at {@link io.codis.core.command.DataCommands}, which is the table itself.
 */
@NullMarked
package io.codis.core.command;

import org.jspecify.annotations.NullMarked;
