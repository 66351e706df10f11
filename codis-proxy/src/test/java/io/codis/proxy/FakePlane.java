package io.codis.proxy;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.codis3.SlotRouting;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.RouteConfirmation;
import io.codis.core.wire.RouteTable;
import io.codis.proxy.plane.DataPlane;
import io.codis.proxy.plane.DataPlaneSettings;
import io.codis.proxy.plane.DataPlaneStats;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Remembers what it is told and serves nobody. */
final class FakePlane implements DataPlane {

    final DataPlaneSettings settings;
    final List<SlotRouting> slots = new ArrayList<>(
            IntStream.range(0, 1024).mapToObj(SlotRouting::offline).toList());
    final List<Duration> drains = new CopyOnWriteArrayList<>();
    volatile @Nullable RouteTable table;
    volatile boolean online;
    volatile boolean complete;
    volatile int resets;
    volatile List<ProxyStats.BackendHealth> backends = List.of();

    FakePlane(DataPlaneSettings settings) {
        this.settings = settings;
    }

    @Override
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 19000);
    }

    @Override
    public RouteConfirmation install(RouteTable newTable, Duration deadline) {
        RouteTable old = table;
        if (old != null && newTable.version() < old.version()) {
            throw new CodisException(Reason.STALE_VERSION, "table 1 is older than the one in force");
        }
        table = newTable;
        return new RouteConfirmation(newTable.epoch(), newTable.version());
    }

    @Override
    public void fillSlots(List<SlotRouting> given, Duration deadline) {
        for (SlotRouting slot : given) {
            if (slot.id() < 0 || slot.id() > 1023) {
                throw new CodisException(Reason.INVALID_ARGUMENT, "use of invalid slot id");
            }
            slots.set(slot.id(), slot);
        }
    }

    @Override
    public List<SlotRouting> slots() {
        return slots;
    }

    @Override
    public void goOnline() {
        online = true;
    }

    @Override
    public boolean online() {
        return online;
    }

    @Override
    public DataPlaneStats stats(boolean withCommands) {
        List<ProxyStats.CommandCount> commands =
                withCommands ? List.of(new ProxyStats.CommandCount("GET", 2, 30, 15, 1, 0)) : null;
        RouteTable now = table;
        return new DataPlaneStats(
                new ProxyStats.Ops(5, 1, new ProxyStats.RedisErrors(2), 3, commands),
                new ProxyStats.Sessions(7, 4),
                backends,
                List.of(new ProxyStats.BrokenMove(1, 2, "mig-1-3")),
                List.of(new ProxyStats.WantedKey(1, 0, "a2V5", 5_000_000)),
                now == null ? null : new ProxyStats.RouteVersion(now.epoch(), now.version()),
                complete);
    }

    @Override
    public void resetStats() {
        resets++;
    }

    @Override
    public void close(Duration drain) {
        drains.add(drain);
    }
}
