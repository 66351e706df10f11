package io.codis.cli.local;

import io.codis.cli.local.ManagedProcess.Program;
import io.codis.core.plan.MemberId;
import io.codis.core.plan.Part;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
        var toml = new TreeMap<String, String>();
        toml.put("coordinator_name", "filesystem");
        toml.put("coordinator_addr", data.coordinator().toString());
        toml.put("product_name", spec.productName());
        toml.put("admin_addr", dashboardAddress(spec));
        Path file = write("dashboard.toml", toml);
        return java.program("codis-dashboard", 160, List.of("--config=" + file), secret());
    }

    Program server(MemberId member, int port, CodisClusterSpec spec) {
        Path file = data.conf(member + ".conf");
        String settings = spec.redis().configuration();
        data.write(file, settings);
        Program program = java.program(
                "codis-server",
                40,
                List.of(
                        file.toString(),
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
        var toml = new TreeMap<String, String>();
        toml.put("product_name", spec.productName());
        toml.put("proxy_addr", Layout.HOST + ":" + Layout.proxyPort(spec, ordinal));
        toml.put("admin_addr", Layout.HOST + ":" + Layout.adminPort(spec, ordinal));
        spec.proxy().auth().ifPresent(auth -> toml.put("session_auth", auth));
        String text = text(toml) + (spec.proxy().safeWrites() ? "safe_writes = true\n" : "");
        Path file = data.conf("proxy-" + ordinal + ".toml");
        data.write(file, text);
        Program program = java.program(
                "codis-proxy", 192, List.of("--config=" + file, "--dashboard=" + dashboardAddress(spec)), Map.of());
        return program.with(text);
    }

    /** What the engine has against the user's settings. */
    Optional<SpecProblem> objection(CodisClusterSpec spec) {
        return EngineTrial.problem(engine, spec.redis());
    }

    static String dashboardAddress(CodisClusterSpec spec) {
        return Layout.HOST + ":" + spec.dashboard().exposure().port();
    }

    private Map<String, String> secret() {
        return Map.of("CODIS_SECRET_FILE", data.secret().toString());
    }

    private Path write(String name, Map<String, String> toml) {
        data.write(data.conf(name), text(toml));
        return data.conf(name);
    }

    private static String text(Map<String, String> toml) {
        var lines = new ArrayList<String>();
        toml.forEach((key, value) -> lines.add(key + " = " + quote(value) + "\n"));
        return String.join("", lines);
    }

    /** A basic string of TOML. */
    private static String quote(String text) {
        var quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c < 0x20 || c == 0x7f) {
                quoted.append(String.format("\\u%04X", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}
