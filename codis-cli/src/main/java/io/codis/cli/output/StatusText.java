package io.codis.cli.output;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.ClusterStatus.GroupStatus;
import io.codis.cli.local.ClusterStatus.Phase;
import io.codis.cli.local.ClusterStatus.ProxyStatus;
import io.codis.cli.local.ClusterStatus.ServerStatus;
import java.util.Locale;
import java.util.stream.Collectors;

/** A cluster's status for people. */
public final class StatusText {

    private final ClusterStatus status;
    private final Paint paint;

    public StatusText(ClusterStatus status, Paint paint) {
        this.status = status;
        this.paint = paint;
    }

    /** What {@code up} shows when it is ready: one line for each thing. */
    public String screen() {
        var text = new StringBuilder();
        String dashboard =
                line(status.dashboard().up(), "dashboard", status.dashboard().url());
        text.append(dashboard);
        if (!status.fe().url().isEmpty()) {
            text.append("        ")
                    .append(paint.mark(status.fe().up()))
                    .append(" fe  ")
                    .append(status.fe().url());
        }
        text.append('\n');
        for (GroupStatus group : status.groups()) {
            boolean good =
                    !group.servers().isEmpty() && group.servers().stream().allMatch(StatusText::good);
            String servers = group.servers().stream().map(StatusText::server).collect(Collectors.joining(", "));
            text.append(line(good, "group " + group.id(), servers)).append('\n');
        }
        for (ProxyStatus proxy : status.proxies()) {
            boolean good = proxy.state().equals("serving") && status.slots().offline() == 0;
            String slots = "   " + status.slots().assigned() + "/1024 slots"
                    + (proxy.state().equals("serving") ? "" : " (" + proxy.state() + ")");
            text.append(line(good, "proxy", proxy.address() + slots)).append('\n');
        }
        return text.toString();
    }

    /** The whole of {@code codis status}. */
    public String text() {
        boolean good = status.phase() == Phase.READY;
        var text = new StringBuilder();
        text.append(paint.mark(good)).append(' ').append(paint.bold(status.name()));
        text.append("  ").append(status.phase().word());
        text.append(status.message().isEmpty() ? "" : ": " + status.message()).append("\n\n");
        text.append(screen()).append('\n');
        text.append("slots  ").append(status.slots().assigned()).append(" assigned, ");
        text.append(status.slots().moving())
                .append(" moving")
                .append(pace(status.slots()))
                .append(", ")
                .append(status.slots().offline())
                .append(" offline\n\n");
        var table = new Table().row("SERVER", "ADDRESS", "GROUP", "SLOTS", "ROLE", "STATE", "KEYS", "MEMORY");
        for (GroupStatus group : status.groups()) {
            for (ServerStatus server : group.servers()) {
                table.row(
                        server.name(),
                        named(server) ? "" : server.address(),
                        "" + group.id(),
                        server.role().equals("master") ? "" + group.slots() : "",
                        server.role(),
                        good(server) ? server.state() : paint.alarm(server.state()),
                        server.keys() < 0 ? "?" : "" + server.keys(),
                        server.usedMemory() < 0 ? "?" : bytes(server.usedMemory()));
            }
        }
        text.append(table.text()).append('\n');
        var processes = new Table().row("PROCESS", "PID", "STATE", "RESTARTS");
        status.processes()
                .forEach(process -> processes.row(
                        process.name(),
                        process.pid() == 0 ? "-" : "" + process.pid(),
                        process.state().equals("running") ? process.state() : paint.alarm(process.state()),
                        "" + process.restarts()));
        return text.append(processes.text()).toString();
    }

    private static String pace(ClusterStatus.SlotCount slots) {
        if (slots.moving() == 0 || slots.keysPerSecond() == 0) {
            return "";
        }
        return " (" + slots.keysPerSecond() + " keys/s"
                + (slots.secondsLeft() < 0 ? ")" : ", about " + slots.secondsLeft() + " s left)");
    }

    private String line(boolean good, String what, String detail) {
        return paint.mark(good) + " " + String.format("%-10s", what) + " " + detail;
    }

    private static String server(ServerStatus server) {
        String state = server.state().equals("serving") ? "" : " (" + server.state() + ")";
        return (named(server) ? server.name() : server.address()) + " " + server.role() + state;
    }

    /** Its address is its name and a domain, as on Kubernetes. */
    private static boolean named(ServerStatus server) {
        return server.address().startsWith(server.name() + ".");
    }

    private static boolean good(ServerStatus server) {
        return server.state().equals("serving") || server.state().equals("in sync");
    }

    /** With one digit and the unit of powers of 1024. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int power = Math.min(4, (63 - Long.numberOfLeadingZeros(bytes)) / 10);
        return String.format(Locale.ROOT, "%.1f %siB", bytes / Math.pow(1024, power), "KMGT".charAt(power - 1));
    }
}
