package io.codis.cli.local;

import io.codis.cli.local.ManagedProcess.Program;
import io.codis.cli.local.ManagedProcess.Settings;
import io.codis.core.plan.MemberId;
import io.codis.core.plan.Part;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecProblem;
import io.codis.infra.config.TomlText;
import io.codis.infra.secret.ClusterSecret;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The command lines of a cluster's processes, and the configuration files that they name. */
final class Programs {

    private final DataDirectory data;
    private final Path engine;
    private final JavaLaunch java;

    Programs(DataDirectory data, Path engine, JavaLaunch java) {
        this.data = data;
        this.engine = engine;
        this.java = java;
    }

    Program part(Part part, CodisClusterSpec spec) {
        return switch (part) {
            case DASHBOARD -> dashboard(spec);
            case FE ->
                java.program(
                        "codis-fe",
                        48,
                        List.of(
                                "--listen",
                                Layout.HOST + ":" + spec.fe().exposure().port(),
                                "--filesystem",
                                data.coordinator().toString()),
                        Map.of());
            case HA ->
                java.program(
                        "codis-ha", 32, List.of("--dashboard=" + dashboardAddress(spec), "--interval=1"), Map.of());
        };
    }

    private Program dashboard(CodisClusterSpec spec) {
        var settings = new Settings(
                data.conf("dashboard.toml"),
                new TomlText()
                        .set("coordinator_name", "filesystem")
                        .set("coordinator_addr", data.coordinator().toString())
                        .set("product_name", spec.productName())
                        .set("admin_addr", dashboardAddress(spec))
                        .text());
        return java.program("codis-dashboard", 160, List.of("--config=" + settings.file()), secret())
                .with(settings);
    }

    Program server(MemberId member, int port, CodisClusterSpec spec) {
        var settings = new Settings(
                data.conf(member + ".conf"),
                spec.redis().startConfiguration(),
                spec.redis().liveConfiguration());
        Program program = java.program(
                "codis-server",
                40,
                List.of(
                        settings.file().toString(),
                        "--port",
                        "" + port,
                        "--bind",
                        Layout.HOST,
                        "--dir",
                        data.server(member.toString()).toString(),
                        "--engine",
                        engine.toString()),
                secret());
        return program.with(settings);
    }

    Program proxy(int ordinal, CodisClusterSpec spec) {
        var toml = new TomlText()
                .set("product_name", spec.productName())
                .set("proxy_addr", Layout.HOST + ":" + Layout.proxyPort(spec, ordinal))
                .set("admin_addr", Layout.HOST + ":" + Layout.adminPort(spec, ordinal));
        spec.proxy().auth().ifPresent(auth -> toml.set("session_auth", auth));
        if (spec.proxy().safeWrites()) {
            toml.set("safe_writes", true);
        }
        var settings = new Settings(data.conf("proxy-" + ordinal + ".toml"), toml.text());
        Program program = java.program(
                "codis-proxy",
                192,
                List.of("--config=" + settings.file(), "--dashboard=" + dashboardAddress(spec)),
                Map.of());
        return program.with(settings);
    }

    /** What the engine has against the user's settings. */
    Optional<SpecProblem> objection(CodisClusterSpec spec) {
        return EngineTrial.problem(engine, spec.redis());
    }

    static String dashboardAddress(CodisClusterSpec spec) {
        return Layout.HOST + ":" + spec.dashboard().exposure().port();
    }

    private Map<String, String> secret() {
        return Map.of(ClusterSecret.VARIABLE, data.secret().toString());
    }
}
