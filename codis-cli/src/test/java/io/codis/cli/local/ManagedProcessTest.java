package io.codis.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.codis.core.problem.CodisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagedProcessTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final Spawner spawner = new Spawner();
    private DataDirectory data = new DataDirectory(Path.of("."));

    @BeforeEach
    void makeDirectories() {
        data = new DataDirectory(directory.resolve("data"));
        data.create();
    }

    @AfterEach
    void endSpawner() {
        Leftovers.end(data);
        spawner.close();
    }

    @Test
    void aProcessThatIsKilledIsStartedAgainAndCounted() {
        ManagedProcess process = managed("sleeper", "sleep", "1000");
        process.start();
        long first = process.status().pid();

        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        await().atMost(LIMIT)
                .until(() ->
                        process.status().restarts() == 1 && process.status().pid() != 0);
        assertThat(process.status().pid()).isNotEqualTo(first);
        process.stop(LIMIT);
    }

    @Test
    void aProcessThatCannotBeStartedAgainIsStartedWhenItCan() throws IOException {
        ManagedProcess process = managed("sleeper", "sleep", "1000");
        process.start();
        long first = process.status().pid();
        DataDirectory.delete(data.run());
        DataDirectory.delete(data.logs());
        Files.writeString(data.logs(), "in the way of the directory");

        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        await().atMost(LIMIT).until(() -> process.status().state().contains("cannot be used"));
        assertThat(process.status().state()).startsWith("restarting (exit 137): data directory " + data.root());
        Files.delete(data.logs());

        await().atMost(LIMIT).until(() -> process.status().state().equals("running"));
        assertThat(data.run().resolve("sleeper.pid")).exists();
        process.stop(LIMIT);
    }

    @Test
    void aStoppedProcessIsNotStartedAgain() {
        ManagedProcess process = managed("sleeper", "sleep", "1000");
        process.start();
        ProcessHandle child = ProcessHandle.of(process.status().pid()).orElseThrow();

        process.stop(LIMIT);

        assertThat(child.isAlive()).isFalse();
        assertThat(process.kept()).isFalse();
        assertThat(process.status().state()).isEqualTo("stopped");
        assertThat(data.run().resolve("sleeper.pid")).doesNotExist();
    }

    @Test
    void aProcessThatDoesNotObeyIsKilledAfterItsGrace() {
        ManagedProcess process = managed("deaf", "sh", "-c", "trap '' TERM; echo up; while true; do sleep 1; done");
        process.start();
        await().atMost(LIMIT).until(() -> Files.readString(data.log("deaf")).contains("up"));
        ProcessHandle child = ProcessHandle.of(process.status().pid()).orElseThrow();

        process.stop(Duration.ofMillis(300));

        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void whatAKilledSupervisorLeftIsFoundByPidAndStartTimeAndEnded() {
        Process left = spawner.spawn(List.of("sleep", "1000"), Map.of(), data.log("server-1-1"));
        data.write(
                data.run().resolve("server-1-1.pid"),
                ProcessIdentity.of(left.pid()).text());

        assertThat(Leftovers.end(data)).containsExactly("server-1-1");

        assertThat(left.isAlive()).isFalse();
        assertThat(data.run()).isEmptyDirectory();
    }

    @Test
    void aStrangerThatGotTheSameNumberIsLeftAlone() {
        Process stranger = spawner.spawn(List.of("sleep", "1000"), Map.of(), data.log("stranger"));
        ProcessIdentity identity = ProcessIdentity.of(stranger.pid());
        var former = new ProcessIdentity(identity.pid(), identity.startTicks() - 1);
        data.write(data.run().resolve("server-1-1.pid"), former.text());

        assertThat(Leftovers.end(data)).isEmpty();

        assertThat(stranger.isAlive()).isTrue();
        stranger.destroyForcibly();
    }

    @Test
    void onlyOneHoldsTheLockOfADirectory() {
        try (DirectoryLock first = DirectoryLock.tryAcquire(data.lock()).orElseThrow()) {
            assertThat(DirectoryLock.tryAcquire(data.lock())).isEmpty();
        }
        DirectoryLock.tryAcquire(data.lock()).orElseThrow().close();
    }

    @Test
    void purgingRemovesTheClusterAndNothingElse() throws Exception {
        Files.writeString(data.root().resolve("notes.txt"), "mine");
        Files.createDirectories(data.server("server-1-1"));
        data.write(data.spec(), "kind: CodisCluster\n");

        data.purge();

        assertThat(data.root()).isDirectoryNotContaining(path -> !path.endsWith("notes.txt"));
        assertThat(data.root().resolve("notes.txt")).hasContent("mine");
    }

    @Test
    void aDirectoryThatNoClusterWasKeptInIsNotPurged() throws Exception {
        Path logs = Files.createDirectories(data.root().resolve("logs"));
        Files.writeString(logs.resolve("notes.txt"), "mine");

        assertThatThrownBy(data::purge).isInstanceOf(CodisException.class).hasMessageContaining("no spec.yaml");
        data.write(data.spec(), "mine: true\n");
        assertThatThrownBy(data::purge).isInstanceOf(CodisException.class).hasMessageContaining("nothing was removed");

        assertThat(logs.resolve("notes.txt")).hasContent("mine");
    }

    private ManagedProcess managed(String name, String... command) {
        return new ManagedProcess(name, new ManagedProcess.Program(List.of(command), Map.of()), data, spawner);
    }
}
