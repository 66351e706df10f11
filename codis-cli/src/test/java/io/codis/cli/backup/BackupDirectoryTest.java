package io.codis.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupDirectoryTest {

    private static final Instant NOW = Instant.parse("2026-11-27T03:00:00Z");

    @TempDir
    private Path to;

    @Test
    void aBackupHasItsNameOnlyWhenItIsWhole() throws IOException {
        try (BackupDirectory directory = BackupDirectory.open(to, "shop")) {
            Path unfinished = directory.begin(NOW);
            Files.writeString(unfinished.resolve("group-1.rdb"), "data");
            assertThat(directory.backups()).isEmpty();

            Path done = directory.finish(unfinished, new byte[] {'{', '}'});

            assertThat(done)
                    .isEqualTo(to.resolve("shop/2026-11-27T030000Z"))
                    .isDirectoryContaining("glob:**manifest.json");
            assertThat(directory.backups()).containsExactly(done);
            assertThat(Files.getPosixFilePermissions(done))
                    .allMatch(each -> each.name().startsWith("OWNER"));
        }
    }

    @Test
    void whatWasLeftUnfinishedGoesAndWhatIsNotOursStays() throws IOException {
        try (BackupDirectory directory = BackupDirectory.open(to, "shop")) {
            Files.writeString(directory.begin(NOW).resolve("group-1.rdb"), "half");
        }
        Path theirs = Files.createDirectories(to.resolve("shop/by-hand"));

        try (BackupDirectory directory = BackupDirectory.open(to, "shop")) {
            assertThat(directory.removeOld(1, Duration.ofDays(1), NOW, "c1")).isEmpty();
            try (var left = Files.list(to.resolve("shop"))) {
                assertThat(left.map(path -> path.getFileName().toString()))
                        .containsExactlyInAnyOrder(".lock", "by-hand");
            }
        }
        assertThat(theirs).exists();
    }

    @Test
    void theOldestGoByNumberAndAgeAndTheNewestStays() {
        try (BackupDirectory directory = BackupDirectory.open(to, "shop")) {
            for (int day = 0; day < 5; day++) {
                directory.finish(directory.begin(NOW.minus(Duration.ofDays(day))), manifest("c1"));
            }

            assertThat(directory.removeOld(4, Duration.ZERO, NOW, "c1")).containsExactly("2026-11-23T030000Z");
            assertThat(directory.removeOld(0, Duration.ofHours(36), NOW, "c1"))
                    .isEqualTo(List.of("2026-11-25T030000Z", "2026-11-24T030000Z"));
            assertThat(directory.removeOld(1, Duration.ofDays(1), NOW.plus(Duration.ofDays(100)), "c1"))
                    .containsExactly("2026-11-26T030000Z");
            assertThat(directory.backups()).containsExactly(to.resolve("shop/2026-11-27T030000Z"));
        }
    }

    /** Two namespaces may have a cluster of one name, and their backups one place. */
    @Test
    void thoseOfAnotherClusterOfThatNameAreNotCounted() {
        try (BackupDirectory directory = BackupDirectory.open(to, "shop")) {
            for (int day = 0; day < 4; day++) {
                String cluster = day % 2 == 0 ? "c1" : "c2";
                directory.finish(directory.begin(NOW.minus(Duration.ofDays(day))), manifest(cluster));
            }

            assertThat(directory.removeOld(1, Duration.ofDays(1), NOW, "c1")).containsExactly("2026-11-25T030000Z");
            assertThat(directory.backups()).hasSize(3);
            assertThat(directory.removeOld(1, Duration.ofDays(1), NOW, "c2")).containsExactly("2026-11-24T030000Z");
        }
    }

    private static byte[] manifest(String cluster) {
        return ("{\"format\":1,\"cluster\":\"" + cluster + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void twoAtATimeAreRefused() {
        try (BackupDirectory first = BackupDirectory.open(to, "shop")) {
            assertThat(first.backups()).isEmpty();
            assertThatThrownBy(() -> BackupDirectory.open(to, "shop"))
                    .isInstanceOfSatisfying(
                            CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUSY));
        }
        try (BackupDirectory after = BackupDirectory.open(to, "shop");
                BackupDirectory other = BackupDirectory.open(to, "other")) {
            assertThat(after.backups()).isEmpty();
            assertThat(other.backups()).isEmpty();
        }
    }

    @Test
    void rangesAreWhoOwnsWhat() {
        int[] owners = new int[1024];
        java.util.Arrays.fill(owners, 0, 512, 1);
        java.util.Arrays.fill(owners, 513, 1024, 2);
        assertThat(Manifest.ranges(owners))
                .containsExactly(new Manifest.Range(0, 511, 1), new Manifest.Range(513, 1023, 2));
        assertThat(Manifest.ranges(new int[1024])).isEmpty();
    }
}
