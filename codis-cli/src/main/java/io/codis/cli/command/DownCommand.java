package io.codis.cli.command;

import io.codis.cli.local.ControlClient;
import io.codis.cli.local.DataDirectory;
import io.codis.cli.local.LocalRuntime;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "down", description = "Stops the cluster; its data stays for the next up.")
final class DownCommand extends WithCommon {

    private static final long LIMIT_SECONDS = 90;

    @Option(names = "--purge", description = "remove all of its data as well")
    private boolean purge;

    /** What was done. */
    record Stopped(boolean stopped, boolean purged) {}

    @Override
    public Integer call() {
        DataDirectory data = common().data();
        if (purge) {
            data.requireCluster();
        }
        boolean there = Files.exists(data.root());
        boolean stopped = stop(data);
        stopped |= !LocalRuntime.endLeftovers(data).isEmpty();
        if (purge) {
            data.purge();
        }
        var done = new Stopped(stopped, purge);
        common().out()
                .answer(
                        common().format(),
                        done,
                        () -> (done.stopped() ? "Stopped." : "Nothing was running.")
                                + (!there
                                        ? " There is no " + data.root() + "."
                                        : purge ? " The data is removed." : ""));
        return 0;
    }

    private boolean stop(DataDirectory data) {
        try (ControlClient client = ControlClient.of(data)) {
            var supervisor = ProcessHandle.of(client.pid()).map(ProcessHandle::onExit);
            client.down();
            common().out().progress("stopping");
            supervisor
                    .orElseGet(() -> CompletableFuture.completedFuture(ProcessHandle.current()))
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (CodisException e) {
            if (e.reason() == Reason.NOT_READY) {
                return false;
            }
            throw e;
        } catch (TimeoutException | ExecutionException e) {
            throw new CodisException(Reason.TIMED_OUT, "the cluster did not stop within " + LIMIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted", e);
        }
    }
}
