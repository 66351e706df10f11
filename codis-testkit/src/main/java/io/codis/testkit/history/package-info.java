/**
 * The history checker: clients that write unique values and read them while something is done to the cluster, and
 * that notice every write that is lost, done twice, undone or answered with an error.
 *
 * <p>Each key has one writer, so the writer knows every state that the key may be in; readers run beside it. A write
 * without an answer may have happened, and may still happen later: its key is written no more and checked against every
 * state that this leaves possible. Start at {@link io.codis.testkit.history.HistoryChecker}; the rules are in
 * {@link io.codis.testkit.history.KeyHistory}, which does no I/O and is tested by histories made by hand.
 */
@NullMarked
package io.codis.testkit.history;

import org.jspecify.annotations.NullMarked;
