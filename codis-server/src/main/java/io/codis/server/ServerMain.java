package io.codis.server;

import io.codis.infra.net.Names;
import picocli.CommandLine;

/** {@code codis-server}: runs one storage engine. */
public final class ServerMain {

    private ServerMain() {}

    /** Exit codes: 0 after a clean stop, 1 when the engine cannot run, 2 for a command line or file that is wrong. */
    public static void main(String[] arguments) {
        Names.lookUpAnew();
        System.exit(run(arguments));
    }

    /** As {@link #main}, for a program that holds several commands; the calling thread must be its main thread. */
    public static int run(String... arguments) {
        return new CommandLine(new ServerCommand())
                .setUnmatchedArgumentsAllowed(true)
                .setUnmatchedOptionsArePositionalParams(false)
                .execute(arguments);
    }
}
