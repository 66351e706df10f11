package io.codis.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.testkit.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortCheckTest {

    @TempDir
    private Path directory;

    @Test
    void aPortOfAnotherClusterIsReportedWithItsDataDirectory() throws IOException {
        var other = new DataDirectory(directory.resolve("other"));
        other.create();
        other.write(other.spec(), "kind: CodisCluster\n");
        int port = Ports.free();
        String engine = new EngineFinder(System.getenv(), other.cache()).find().toString();
        Process server = new ProcessBuilder(engine, "--port", "" + port, "--dir", directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(other.log("server-1-1").toFile())
                .start();
        try {
            await("the engine's port").until(() -> !Listeners.free(port));

            assertThat(PortCheck.taken(Map.of(port, "proxy-1")))
                    .containsExactly("port " + port + " of proxy-1: held by the cluster in " + other.root()
                            + "; stop it with codis down --data " + other.root() + ", or choose another port");
            Files.delete(other.spec());
            assertThat(PortCheck.taken(Map.of(port, "proxy-1")))
                    .as("no cluster's logs")
                    .allMatch(line -> line.contains(": held by pid " + server.pid() + " ("));
        } finally {
            server.destroyForcibly().onExit().join();
        }
    }
}
