package io.codis.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineFinderTest {

    @TempDir
    private Path directory;

    @Test
    void whatTheVariableNamesComesFirst() throws IOException {
        Path named = engine("named/my-redis", "Redis server v=7.2.4 sha=0");
        Path onPath = engine("path/valkey-server", "Valkey server v=8.0.1 sha=0");

        assertThat(find(Map.of(
                        "REDIS_SERVER",
                        named.toString(),
                        "PATH",
                        onPath.getParent().toString())))
                .isEqualTo(named);
    }

    @Test
    void valkeyComesBeforeRedis() throws IOException {
        Path valkey = engine("b/valkey-server", "Valkey server v=8.0.1 sha=0");
        Path redis = engine("a/redis-server", "Redis server v=7.0.15 sha=0");

        assertThat(find(Map.of("PATH", redis.getParent() + ":" + valkey.getParent())))
                .isEqualTo(valkey);
        assertThat(find(Map.of("PATH", redis.getParent().toString()))).isEqualTo(redis);
    }

    @Test
    void oneThatIsTooOldOrDoesNotRunIsRefusedWithTheReason() throws IOException {
        Path old = engine("old/redis-server", "Redis server v=5.0.14 sha=0");
        Path broken = engine("broken/redis-server", "error while loading shared libraries: libssl.so.3");

        refused(Map.of("REDIS_SERVER", old.toString()), "version 5.0 is older than 6.2");
        refused(Map.of("REDIS_SERVER", broken.toString()), "libssl.so.3");
        refused(Map.of("REDIS_SERVER", directory.resolve("none").toString()), "no such program");
    }

    @Test
    void withoutAnyTheBundledOneIsUnpackedOnce() {
        Path first = find(Map.of("PATH", directory.toString()));

        assertThat(first).startsWith(directory.resolve("cache")).isExecutable();
        assertThat(find(Map.of("PATH", directory.toString()))).isEqualTo(first);
    }

    private void refused(Map<String, String> environment, String why) {
        assertThatThrownBy(() -> find(environment))
                .isInstanceOfSatisfying(
                        CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_ENGINE))
                .hasMessageContaining(why);
    }

    private Path find(Map<String, String> environment) {
        return new EngineFinder(environment, directory.resolve("cache")).find();
    }

    private Path engine(String name, String version) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\necho '" + version + "'\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
