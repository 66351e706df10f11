package io.codis.infra.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSecretTest {

    @TempDir
    private Path directory;

    /** The expected value was computed with openssl. */
    @Test
    void derivedValuesAreHmacSha256() {
        var secret = ClusterSecret.of("0b".repeat(32));
        assertThat(secret.derive("api")).isEqualTo(API_UNDER_0B);
        assertThat(secret.derive("ctl-1")).isNotEqualTo(secret.derive("ctl-2")).hasSize(64);
    }

    @Test
    void theFileIsPrivateAndStable() throws Exception {
        Path file = directory.resolve("deep/er/secret");
        var created = ClusterSecret.loadOrCreate(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(ClusterSecret.loadOrCreate(file).derive("x")).isEqualTo(created.derive("x"));
        assertThat(ClusterSecret.load(file).derive("x")).isEqualTo(created.derive("x"));
        assertThat(directory.resolve("deep/er")).isDirectoryNotContaining(each -> !each.equals(file));
        assertThat(created.toString()).doesNotContain(Files.readString(file).strip());
    }

    @Test
    void ofManyThatCreateItAtOnceAllGetTheSame() throws Exception {
        Path file = directory.resolve("secret");
        Set<String> derived = new HashSet<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 16)
                    .<Future<String>>mapToObj(i -> threads.submit(
                            () -> ClusterSecret.loadOrCreate(file).derive("x")))
                    .toList();
            for (var each : all) {
                derived.add(each.get());
            }
        }
        assertThat(derived).hasSize(1);
    }

    @Test
    void aMissingOrBrokenFileIsNamedAndNotShown() throws Exception {
        Path file = directory.resolve("secret");
        assertThatThrownBy(() -> ClusterSecret.load(file))
                .isInstanceOfSatisfying(
                        CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND))
                .hasMessageContaining(file.toString());
        Files.writeString(file, "deadbeef");
        assertThatThrownBy(() -> ClusterSecret.loadOrCreate(file))
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("deadbeef");
    }

    private static final String API_UNDER_0B = "b204accb59bb65249f520b046f922acfe1b5580c64bc86efea7ded3018efefcd";
}
