package io.codis.cli;

import io.codis.cli.admin.AdminMain;
import io.codis.cli.backup.BackupMain;
import io.codis.cli.ha.HaMain;
import io.codis.dashboard.DashboardMain;
import io.codis.dashboard.fe.FeMain;
import io.codis.operator.OperatorMain;
import io.codis.proxy.ProxyMain;
import io.codis.server.ServerMain;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/** The programs of Codis 3.2 by their names, and the operator; each gives its exit code. */
final class ClassicPrograms {

    private static final Map<String, ToIntFunction<String[]>> MAINS = new TreeMap<>(Map.of(
            "codis-admin", AdminMain::run,
            "codis-backup", BackupMain::run,
            "codis-dashboard", DashboardMain::run,
            "codis-fe", FeMain::run,
            "codis-ha", HaMain::run,
            "codis-operator", OperatorMain::run,
            "codis-proxy", ProxyMain::run,
            "codis-server", ServerMain::run));

    private ClassicPrograms() {}

    static Optional<ToIntFunction<String[]>> named(String name) {
        return Optional.ofNullable(MAINS.get(name));
    }
}
