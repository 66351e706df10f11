package io.codis.proxy.session;

import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable;
import io.codis.proxy.plane.DataPlane;
import io.codis.proxy.plane.DataPlaneSettings;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A data plane on a free port, online, and the tables it is given. */
public final class TestProxy implements AutoCloseable {

    private final DataPlane plane;
    private long version;

    private TestProxy(DataPlane plane) {
        this.plane = plane;
    }

    public static DataPlaneSettings settings() {
        return DataPlaneSettings.defaults(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    public static DataPlaneSettings settings(Duration hold) {
        DataPlaneSettings d = settings();
        return new DataPlaneSettings(d.listen(), "", "", 1, 16, hold, d.clients(), d.backends());
    }

    public static TestProxy open(DataPlaneSettings settings) {
        TestProxy proxy = new TestProxy(NioDataPlane.open(settings));
        proxy.plane.goOnline();
        return proxy;
    }

    /** Slots dealt out evenly to groups 1, 2, ... with these masters. */
    public static TestProxy over(String... masters) {
        TestProxy proxy = open(settings());
        proxy.install(groups(masters), even(masters.length));
        return proxy;
    }

    public static List<RouteTable.GroupRoute> groups(String... masters) {
        List<RouteTable.GroupRoute> groups = new ArrayList<>();
        for (int i = 0; i < masters.length; i++) {
            groups.add(new RouteTable.GroupRoute(i + 1, masters[i], List.of(), List.of()));
        }
        return groups;
    }

    public static List<RouteTable.SlotRoute> even(int groups) {
        List<RouteTable.SlotRoute> slots = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            slots.add(new RouteTable.SlotRoute(i * 1024 / groups, (i + 1) * 1024 / groups - 1, i + 1, 0, false));
        }
        return slots;
    }

    public void install(List<RouteTable.GroupRoute> groups, List<RouteTable.SlotRoute> slots) {
        install(null, groups, slots, List.of());
    }

    public void install(
            @Nullable Credentials login,
            List<RouteTable.GroupRoute> groups,
            List<RouteTable.SlotRoute> slots,
            List<RouteTable.MoveRoute> moves) {
        plane.install(new RouteTable(1, ++version, login, groups, slots, moves), Duration.ofSeconds(20));
    }

    /** As a network would: every connection to servers breaks. */
    public void severConnections() {
        ((NioDataPlane) plane).breakServers("cut by the test");
    }

    public long nextVersion() {
        return ++version;
    }

    public DataPlane plane() {
        return plane;
    }

    public String address() {
        return "127.0.0.1:" + plane.address().getPort();
    }

    public RespConnection connect() {
        try {
            return RespConnection.open(address(), Duration.ofSeconds(20));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Reply call(String... words) {
        try (RespConnection connection = connect()) {
            return connection.call(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        plane.close();
    }
}
