package io.codis.cli.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether the ports that a cluster needs are free. */
final class PortCheck {

    private PortCheck() {}

    /** One sentence for each port that is taken. */
    static List<String> taken(Map<Integer, String> wanted) {
        var taken = new ArrayList<String>();
        wanted.forEach((port, name) -> {
            if (!Listeners.free(port)) {
                String owner =
                        Listeners.owner(port).map(pid -> "held by " + pid).orElse("in use");
                taken.add("port " + port + " of " + name + ": " + owner + "; stop that, or choose another port");
            }
        });
        return taken;
    }
}
