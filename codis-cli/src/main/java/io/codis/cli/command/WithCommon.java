package io.codis.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command with what every command takes. */
abstract class WithCommon implements Callable<Integer> {

    @Mixin
    private final Common common = new Common();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this text")
    private boolean help;

    final Common common() {
        return common;
    }
}
