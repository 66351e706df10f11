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
 * <p>Its address is taken from the moment it is opened, but clients can connect only from {@link #goOnline} on: until
 * then they are refused as if nobody were there, and go to another proxy.
 */
public interface DataPlane extends AutoCloseable {

    /** Opens one. {@code PortInUse} when others listen at its address. */
    @FunctionalInterface
    interface Opener {
        DataPlane open(DataPlaneSettings settings);
    }

    /** Where clients connect, once it is online; the port is never 0. */
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

    /** Serves clients from now on. Doing it twice changes nothing. {@code PortInUse} when others have come to listen there. */
    void goOnline();

    /** Whether {@link #goOnline} was called. */
    boolean online();

    /** Counters and health. Takes no lock that a client could wait for. */
    DataPlaneStats stats(boolean withCommands);

    /** Sets all counters to zero. */
    void resetStats();

    /**
     * Stops listening, goes on answering whoever is connected, and ends each connection when nothing of it is open: of
     * clients between two commands at once, of those that never pause shortly before {@code drain} is over. No request
     * that was read stays unanswered but for a server's silence, and none that was not read is executed.
     */
    void close(Duration drain);

    /** Closes without waiting. */
    @Override
    default void close() {
        close(Duration.ZERO);
    }
}
