package io.codis.proxy.plane;

import io.codis.core.codis3.SlotRouting;
import io.codis.core.wire.RouteConfirmation;
import io.codis.core.wire.RouteTable;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Serves redis clients by the routes that it is given. Every method may be called from any thread.
 *
 * <p>It listens from the moment it is opened. Until {@link #goOnline} each client is told {@code -ERR router is not online}
 * and its connection closed.
 */
public interface DataPlane extends AutoCloseable {

    /** Opens one that listens. {@code PortInUse} when it cannot. */
    @FunctionalInterface
    interface Opener {
        DataPlane open(DataPlaneSettings settings);
    }

    /** Where it listens; the port is never 0. */
    InetSocketAddress address();

    /**
     * Puts a whole table in force and waits until no request, helper command, transaction or blocked command that was
     * admitted under an older table remains for any slot that this table locks. Requests for locked slots wait from now
     * on, up to their own deadline.
     *
     * <p>The table stays in force when the wait times out; the same table may be installed again to wait again.
     *
     * @throws io.codis.core.problem.CodisException {@code StaleEpoch}, {@code StaleVersion} when the table is older than
     *     the one in force (an equal one is welcome); {@code TimedOut} when something older remains after {@code
     *     deadline}, with the slot and how much; {@code InvalidArgument} when the table contradicts itself, which changes
     *     nothing
     */
    RouteConfirmation install(RouteTable table, Duration deadline);

    /**
     * The same for the objects of Codis 3.2: any subset of the slots, applied in order, waiting for each locked slot.
     * There is no login with them: engines must let {@code default} in, with the product's password if there is one.
     *
     * @throws io.codis.core.problem.CodisException {@code InvalidArgument} with {@code use of invalid slot id} or {@code
     *     use of invalid forwarder method}, slots before it stay applied; {@code StaleVersion} after an {@link #install},
     *     since one proxy has one kind of dashboard
     */
    void fillSlots(List<SlotRouting> slots, Duration deadline);

    /** All 1024 slots as in force. */
    List<SlotRouting> slots();

    /** Serves clients from now on. Doing it twice changes nothing. */
    void goOnline();

    /** Whether {@link #goOnline} was called. */
    boolean online();

    /** Counters and health. Takes no lock that a client could wait for. */
    DataPlaneStats stats(boolean withCommands);

    /** Sets all counters to zero. */
    void resetStats();

    /**
     * Stops listening, answers what has been received, then closes every connection: clients between two commands at
     * once, the others after their last reply or when {@code drain} is over.
     */
    void close(Duration drain);

    /** Closes without waiting. */
    @Override
    default void close() {
        close(Duration.ZERO);
    }
}
