package io.codis.infra.coordinator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormerHolderTest {

    @TempDir
    private Path directory;

    @Test
    void aHolderIsDeadWhenItsProcessIs() throws Exception {
        Path file = directory.resolve("holder");
        Process process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holding.class.getName(),
                        file.toString(),
                        "pod_1"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("held");
            assertThat(new FormerHolder(Optional.of(file)).isDead("pod_1")).isFalse();

            process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);

            var next = new FormerHolder(Optional.of(file));
            assertThat(next.isDead("pod_1")).isTrue();
            assertThat(next.isDead("pod_2")).isFalse();
            assertThat(next.isDead("")).isFalse();
            next.replacedBy("pod_3");
            assertThat(next.isDead("pod_3")).as("itself").isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void nobodyIsDeadWhereThereIsNoFile() {
        assertThat(new FormerHolder(Optional.empty()).isDead("pod_1")).isFalse();
        var nowhere = new FormerHolder(Optional.of(directory.resolve("none/holder")));
        assertThat(nowhere.isDead("pod_1")).isFalse();
        nowhere.replacedBy("pod_2");
    }

    /** Another process: file and holder. */
    static final class Holding {
        public static void main(String[] args) throws InterruptedException {
            new FormerHolder(Optional.of(Path.of(args[0]))).replacedBy(args[1]);
            System.out.println("held");
            Thread.currentThread().join();
        }
    }
}
