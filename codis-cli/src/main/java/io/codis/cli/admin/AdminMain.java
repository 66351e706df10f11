package io.codis.cli.admin;

import io.codis.cli.output.Output;
import io.codis.core.problem.CodisException;
import io.codis.infra.http.ApiClient;
import io.codis.infra.log.Logging;
import picocli.CommandLine.ParameterException;

/** {@code codis-admin}: one command to a proxy, a dashboard or a coordinator. */
public final class AdminMain {

    private AdminMain() {}

    /** Exit code 0, or 1 with the reason on standard error. */
    public static int run(String... args) {
        return run(Output.ofProcess(), args);
    }

    static int run(Output output, String... args) {
        try {
            AdminArguments arguments = AdminArguments.parse(args);
            if (arguments.given("--help")) {
                output.raw(AdminArguments.usage());
                return 0;
            }
            Logging.configure(null, arguments.given("-v") ? "DEBUG" : "WARN");
            execute(arguments, output);
            return 0;
        } catch (ParameterException e) {
            output.error("codis-admin: " + e.getMessage());
            output.error("Try \"codis-admin --help\".");
            return 1;
        } catch (CodisException e) {
            output.error("[error]: " + (ApiClient.isRemote(e) ? "[Remote Error] " : "") + e.getMessage());
            return 1;
        }
    }

    private static void execute(AdminArguments arguments, Output output) {
        switch (arguments.oneOf("--dashboard", "--proxy", "--filesystem", "--zookeeper", "--etcd", "--kubernetes")) {
            case "--dashboard" -> new DashboardCommands(arguments, output).execute();
            case "--proxy" -> new ProxyCommands(arguments, output).execute();
            default -> new CoordinatorCommands(arguments, output).execute();
        }
    }
}
