package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Children of a supervisor that was killed: found by their pid files, ended before the new one starts its own. */
final class Leftovers {

    private static final Duration GRACE = Duration.ofSeconds(20);

    private Leftovers() {}

    /** The children that still run, by name. */
    static Map<String, ProcessHandle> find(DataDirectory data) {
        var found = new LinkedHashMap<String, ProcessHandle>();
        if (!Files.isDirectory(data.run())) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(data.run(), "*.pid")) {
            for (Path file : files) {
                String name = file.getFileName().toString().replace(".pid", "");
                ProcessIdentity.parse(Files.readString(file))
                        .flatMap(ProcessIdentity::handle)
                        .ifPresent(handle -> found.put(name, handle));
            }
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "cannot read " + data.run() + ": " + e, e);
        }
        return found;
    }

    /** Ends them all, proxies first; returns the names of those that still ran. */
    static List<String> end(DataDirectory data) {
        if (!Files.isDirectory(data.run())) {
            return List.of();
        }
        Map<String, ProcessHandle> found = find(data);
        end(found.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("proxy"))
                .map(Map.Entry::getValue)
                .toList());
        end(List.copyOf(found.values()));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(data.run(), "*.pid")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "cannot clean " + data.run() + ": " + e, e);
        }
        return List.copyOf(found.keySet());
    }

    private static void end(List<ProcessHandle> handles) {
        handles.forEach(ProcessHandle::destroy);
        if (!await(handles, GRACE)) {
            handles.forEach(ProcessHandle::destroyForcibly);
            await(handles, GRACE);
        }
    }

    private static boolean await(List<ProcessHandle> handles, Duration limit) {
        var ends = handles.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException still) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
