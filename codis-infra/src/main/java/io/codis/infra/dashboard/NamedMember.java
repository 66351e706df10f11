package io.codis.infra.dashboard;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A server as a person calls it, in its group. */
public record NamedMember(DashboardView.Group group, DashboardView.Server server, String name) {

    /**
     * The member of that name or address.
     *
     * @param names of servers by their addresses
     * @throws CodisException {@code NotFound}
     */
    public static NamedMember of(DashboardView view, String server, UnaryOperator<String> names) {
        for (DashboardView.Group group : view.groups()) {
            for (DashboardView.Server member : group.servers()) {
                String name = names.apply(member.address());
                if (server.equals(member.address()) || server.equals(name)) {
                    return new NamedMember(group, member, name);
                }
            }
        }
        throw new CodisException(
                Reason.NOT_FOUND,
                "there is no server " + server + "; use one of "
                        + view.groups().stream()
                                .flatMap(group -> group.servers().stream())
                                .map(member -> names.apply(member.address()))
                                .collect(Collectors.joining(", ")));
    }

    /**
     * It, if its master can give it its data again.
     *
     * @throws CodisException {@code InvalidArgument} for a master or a fenced one, {@code NotReady} where none serves
     */
    public DashboardView.Server replaceable() {
        DashboardView.Server master = group.servers().getFirst();
        if (server.equals(master)) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    name + " is the master of group " + group.id()
                            + ", its data is the group's; make another member the master first: failover "
                            + group.id());
        }
        if (server.fenced()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    name + " is fenced, and keeps what it has; let it take part again first: unfence " + name);
        }
        if (!master.serves() || group.promoting()) {
            throw new CodisException(
                    Reason.NOT_READY,
                    "nobody could give " + name + " its data again: the master of group " + group.id()
                            + " does not serve now; see status");
        }
        return server;
    }
}
