package io.codis.infra.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.problem.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FileCoordinatorTest extends CoordinatorContractTest {

    private static final int KILLS = Integer.getInteger("kills", 50);

    @TempDir
    private Path root;

    @Override
    protected Coordinator open() {
        return FileCoordinator.open(root);
    }

    @Test
    void objectsArePlainFilesInTheLayoutOfCodis() throws Exception {
        try (var coordinator = open()) {
            coordinator.create("/codis3/demo/topom", bytes("{\"token\":\"t\"}"));
            assertThat(root.resolve("data/codis3/demo/topom")).hasContent("{\"token\":\"t\"}");
            assertThat(root.resolve("temp")).isEmptyDirectory();
            assertThat(root.resolve("data.lck")).isEmptyFile();
        }
    }

    @Test
    void anEditByAForeignToolIsReadAndIsANewVersion() throws Exception {
        try (var coordinator = open()) {
            long version = coordinator.create("/codis3/demo/topom", bytes("ours"));
            Files.writeString(root.resolve("data/codis3/demo/topom"), "theirs");

            assertThat(reasonOf(() -> coordinator.update("/codis3/demo/topom", bytes("late"), version)))
                    .isEqualTo(Reason.STALE_VERSION);

            var found = coordinator.read("/codis3/demo/topom").orElseThrow();
            assertThat(found.data()).isEqualTo(bytes("theirs"));
            assertThat(coordinator.read("/codis3/demo/topom").orElseThrow().version())
                    .isEqualTo(found.version())
                    .isGreaterThan(version);
            coordinator.update("/codis3/demo/topom", bytes("ours again"), found.version());
        }
    }

    @Test
    void aTornOrMissingVersionFileCostsAConflictAtMost() throws Exception {
        try (var coordinator = open()) {
            long version = coordinator.create("/codis3/demo/cluster", bytes("content"));
            for (String torn : List.of("", "123", "abc def", "1 ")) {
                Files.writeString(root.resolve("versions/codis3/demo/cluster.v"), torn);
                var found = coordinator.read("/codis3/demo/cluster").orElseThrow();
                assertThat(found.data()).isEqualTo(bytes("content"));
                assertThat(found.version()).isGreaterThan(version);
                version = found.version();
            }
        }
    }

    @Test
    void leftoversOfAKilledWriterAreRemoved() throws Exception {
        Files.createDirectories(root.resolve("temp"));
        Files.writeString(root.resolve("temp/half"), "ha");
        try (var coordinator = open()) {
            assertThat(root.resolve("temp")).isEmptyDirectory();
            assertThat(coordinator.children("/codis3")).isEmpty();
        }
    }

    @Test
    void aToolThatHoldsTheLockIsWaitedForUpToTheDeadline() throws Exception {
        try (var coordinator = FileCoordinator.open(root, Duration.ofMillis(400))) {
            coordinator.put("/codis3/demo/topom", bytes("{}"));
            var tool = new ProcessBuilder(
                            "flock", root.resolve("data.lck").toString(), "sh", "-c", "echo held; read end")
                    .start();
            try (var held = tool.inputReader()) {
                assertThat(held.readLine()).isEqualTo("held");
                assertThat(reasonOf(() -> coordinator.read("/codis3/demo/topom")))
                        .isEqualTo(Reason.TIMED_OUT);
                tool.outputWriter().close();
                assertThat(tool.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(coordinator.read("/codis3/demo/topom")).isPresent();
            } finally {
                tool.destroyForcibly();
            }
        }
    }

    @Test
    void ourLockExcludesFlockOfOtherProgramsAndOfThisOne() throws Exception {
        Path file = root.resolve("some.lck");
        try (var _ = FileLock.tryLock(file).orElseThrow()) {
            assertThat(FileLock.tryLock(file)).isEmpty();
            assertThat(flockNow(file)).isEqualTo(1);
        }
        assertThat(flockNow(file)).isZero();
        FileLock.tryLock(file).orElseThrow().close();
    }

    @Test
    void aLeaseWhoseFileIsGoneIsLost() throws Exception {
        try (var coordinator = open();
                var next = open()) {
            var lease = coordinator.tryLead("/codis3/demo/leader").orElseThrow();
            assertThat(lease.held()).isTrue();
            Files.delete(root.resolve("leases/codis3/demo/leader"));
            var successor = next.tryLead("/codis3/demo/leader").orElseThrow();
            assertThat(lease.held()).isFalse();
            assertThat(successor.held()).isTrue();
        }
    }

    /**
     * A child writes an object with a checksum as fast as it can and says each number that was acknowledged; it is
     * killed at any moment. What is found afterwards must be whole and at most one write ahead of what was acknowledged.
     */
    @Test
    @Timeout(600)
    void aWriterKilledAtAnyMomentLosesNothingItAcknowledgedAndLeavesWholeObjects() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        String hint = "-Dseed=" + seed;
        try (var coordinator = open()) {
            coordinator.create(WritingChild.PATH, WritingChild.content(0));
            long acknowledged = 0;
            long writes = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                long before = coordinator.read(WritingChild.PATH).orElseThrow().version();
                long said = killWhileWriting(random.nextInt(60), hint);
                var found = coordinator.read(WritingChild.PATH).orElseThrow();
                long number = WritingChild.check(found.data());

                assertThat(said).as(hint).isGreaterThanOrEqualTo(acknowledged);
                assertThat(number).as(hint).isBetween(said, said + 1);
                if (number > acknowledged) {
                    assertThat(found.version()).as(hint).isGreaterThan(before);
                    assertThat(reasonOf(() -> coordinator.update(WritingChild.PATH, bytes("late"), before)))
                            .isEqualTo(Reason.STALE_VERSION);
                }
                writes += number - acknowledged;
                acknowledged = number;
            }
            System.out.println("kills=" + KILLS + " writes=" + writes + " " + hint);
            assertThat(writes).as("the children did write").isGreaterThan(KILLS);
        }
    }

    @Test
    void aLeaseEndsWithItsKilledProcess() throws Exception {
        var child = child("lead");
        try (var said = child.inputReader();
                var coordinator = open()) {
            assertThat(said.readLine()).isEqualTo("leading");
            assertThat(coordinator.tryLead("/codis3/demo/leader")).isEmpty();
            child.destroyForcibly().waitFor();
            assertThat(coordinator.tryLead("/codis3/demo/leader")).isPresent();
        } finally {
            child.destroyForcibly();
        }
    }

    /** The last number that the child said was stored. */
    private long killWhileWriting(int afterWrites, String hint) throws Exception {
        var child = child("write");
        long last = -1;
        try (BufferedReader said = child.inputReader()) {
            String line = said.readLine();
            assertThat(line).as("the child's first word, " + hint).isNotNull();
            for (int i = 0; line != null && i < afterWrites; i++) {
                last = Long.parseLong(line);
                line = said.readLine();
            }
            // by hand: Process.destroyForcibly would also close the stream that has its last words
            new ProcessBuilder("kill", "-9", Long.toString(child.pid())).start().waitFor();
            for (; line != null && !line.isEmpty(); line = said.readLine()) {
                last = Long.parseLong(line);
            }
            child.waitFor();
        } finally {
            child.destroyForcibly();
        }
        return last;
    }

    private Process child(String what) throws IOException {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(WritingChild.class.getName(), what, root.toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static int flockNow(Path file) throws Exception {
        return new ProcessBuilder("flock", "-n", file.toString(), "true")
                .start()
                .waitFor();
    }

    /** Runs in a process of its own. */
    static final class WritingChild {

        static final String PATH = "/codis3/demo/cluster";

        public static void main(String[] args) throws Exception {
            try (var coordinator = FileCoordinator.open(Path.of(args[1]))) {
                if (args[0].equals("lead")) {
                    System.out.println(
                            coordinator.tryLead("/codis3/demo/leader").isPresent() ? "leading" : "refused");
                    Thread.sleep(Duration.ofMinutes(10));
                }
                var node = coordinator.read(PATH).orElseThrow();
                long number = check(node.data());
                long version = node.version();
                say(number);
                while (true) {
                    version = coordinator.update(PATH, content(number + 1), version);
                    say(++number);
                }
            }
        }

        /** One write(2), so that a line is said whole or not at all. */
        private static void say(long number) {
            byte[] line = (number + "\n").getBytes(StandardCharsets.US_ASCII);
            System.out.write(line, 0, line.length);
            System.out.flush();
        }

        static byte[] content(long number) {
            String filler = Long.toString(number).repeat(1 + (int) (number * 7919 % 5000));
            return bytes(number + " " + filler + " " + filler.hashCode() + " " + filler.length());
        }

        static long check(byte[] content) {
            String[] words = new String(content, StandardCharsets.UTF_8).split(" ", -1);
            assertThat(words).hasSize(4);
            assertThat(words[1].hashCode()).isEqualTo(Integer.parseInt(words[2]));
            assertThat(words[1]).hasSize(Integer.parseInt(words[3]));
            return Long.parseLong(words[0]);
        }
    }
}
