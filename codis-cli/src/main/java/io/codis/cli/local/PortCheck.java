package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether the ports that a cluster needs are free. */
final class PortCheck {

    private PortCheck() {}

    /** Fails with {@code PortInUse} and one sentence for each port that is taken. */
    static void require(Map<Integer, String> wanted) {
        List<String> taken = taken(wanted);
        if (!taken.isEmpty()) {
            throw new CodisException(Reason.PORT_IN_USE, String.join("\n", taken));
        }
    }

    /** One sentence for each port that is taken. */
    static List<String> taken(Map<Integer, String> wanted) {
        var taken = new ArrayList<String>();
        wanted.forEach((port, name) -> {
            if (!Listeners.free(port)) {
                String owner = Listeners.owner(port).map(PortCheck::held).orElse("in use; stop that");
                taken.add("port " + port + " of " + name + ": " + owner + ", or choose another port");
            }
        });
        return taken;
    }

    private static String held(Listeners.Owner owner) {
        return owner.cluster()
                .map(data -> "held by the cluster in " + data.root() + "; stop it with " + data.codis("down"))
                .orElse("held by pid " + owner.pid() + " (" + owner.name() + "); stop that");
    }
}
