package io.codis.infra.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.infra.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {

    private static final Logger LOG = LoggerFactory.getLogger("io.codis.test.Topology");
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

    @TempDir
    private Path directory;

    @AfterEach
    void restore() {
        Logging.configure(null, "INFO");
    }

    @Test
    void anEventIsOneLineInADailyFile() throws Exception {
        Logging.configure(directory.resolve("logs/dashboard.log"), "INFO");
        LOG.info("slot moved slot={} group={}", 5, 2);
        LOG.debug("unseen");

        assertThat(lines()).singleElement().asString().matches(TIME + " INFO Topology slot moved slot=5 group=2");
        try (var files = Files.list(directory.resolve("logs"))) {
            assertThat(files.toList())
                    .singleElement()
                    .satisfies(file -> assertThat(file.getFileName().toString())
                            .matches("dashboard\\.log\\.\\d{4}-\\d\\d-\\d\\d"));
        }
    }

    @Test
    void aStackTraceFollowsOnlyAnError() throws Exception {
        Logging.configure(directory.resolve("logs/x"), "WARN");
        LOG.warn("peer silent", new IOException("refused"));
        assertThat(lines())
                .singleElement()
                .asString()
                .endsWith(" WARN Topology peer silent cause=\"java.io.IOException: refused\"");
        LOG.error("defect", new IllegalStateException("boom"));
        assertThat(lines()).hasSizeGreaterThan(3).element(2).asString().contains("IllegalStateException: boom");
    }

    @Test
    void aPeersTextCannotForgeALine() throws Exception {
        Logging.configure(directory.resolve("logs/x"), "INFO");
        LOG.info("peer said text={}", "a\n2026-01-01T00:00:00.000Z INFO Topology forged");
        assertThat(lines()).hasSize(1);
    }

    @Test
    void anEventIsOneObjectForCollectors() throws Exception {
        Logging.configure(directory.resolve("logs/x"), "INFO", Logging.Format.json);
        LOG.warn("peer said text={}", "a\n\"b\"", new IOException("refused"));

        JsonNode event = Json.tree(String.join("\n", lines()).getBytes(StandardCharsets.UTF_8));
        assertThat(lines()).hasSize(1);
        assertThat(event.path("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        assertThat(event.path("level").asText()).isEqualTo("WARN");
        assertThat(event.path("logger").asText()).isEqualTo("io.codis.test.Topology");
        assertThat(event.path("message").asText()).isEqualTo("peer said text=a\n\"b\"");
        assertThat(event.path("error").asText()).startsWith("java.io.IOException: refused\n\tat ");
    }

    @Test
    void theLevelChangesWhileRunning() throws Exception {
        Logging.configure(directory.resolve("logs/x"), "none");
        LOG.error("unseen");
        Logging.setLevel("debug");
        LOG.debug("seen");
        Logging.setLevel("WARNING");
        LOG.info("unseen");
        assertThat(lines()).singleElement().asString().endsWith("DEBUG Topology seen");
        assertThatThrownBy(() -> Logging.setLevel("LOUD")).hasMessageStartingWith("invalid loglevel");
    }

    private List<String> lines() throws IOException {
        try (var files = Files.list(directory.resolve("logs"))) {
            return Files.readAllLines(files.findFirst().orElseThrow());
        }
    }
}
