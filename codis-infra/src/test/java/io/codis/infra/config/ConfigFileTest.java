package io.codis.infra.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.config.ByteSize;
import io.codis.core.config.DashboardConfig;
import io.codis.core.config.Key;
import io.codis.core.config.ProxyConfig;
import io.codis.core.config.Schema;
import io.codis.core.config.Settings;
import io.codis.core.config.Span;
import io.codis.core.problem.CodisException;
import io.codis.infra.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {

    @TempDir
    private Path directory;

    @Test
    void thePrintedDefaultIsReadBackAsTheDefaults() throws Exception {
        for (Schema schema : List.of(DashboardConfig.SCHEMA, ProxyConfig.SCHEMA)) {
            var reading = ConfigFile.read(schema, Optional.of(write(schema.defaultText())), Map.of());
            assertThat(reading.problems()).isEmpty();
            assertThat(reading.warnings()).isEmpty();
            assertThat(reading.settings()).isEqualTo(Settings.defaults(schema));
        }
    }

    @Test
    void everyKeyOfTheContractIsThereWithItsDefault() {
        Map<String, Object> dashboard = DashboardConfig.defaults().json();
        assertThat(dashboard)
                .containsEntry("coordinator_name", "filesystem")
                .containsEntry("coordinator_addr", "/tmp/codis")
                .containsEntry("product_name", "codis-demo")
                .containsEntry("admin_addr", "0.0.0.0:18080")
                .containsEntry("migration_method", "semi-async")
                .containsEntry("migration_parallel_slots", 1024)
                .containsEntry("migration_async_maxbulks", 200)
                .containsEntry("migration_async_maxbytes", "32mb")
                .containsEntry("migration_async_numkeys", 500)
                .containsEntry("migration_timeout", "30s")
                .containsEntry("sentinel_client_timeout", "10s")
                .containsEntry("sentinel_quorum", 2)
                .containsEntry("sentinel_parallel_syncs", 1)
                .containsEntry("sentinel_down_after", "30s")
                .containsEntry("sentinel_failover_timeout", "5m")
                .containsEntry("sentinel_notification_script", "")
                .containsEntry("sentinel_client_reconfig_script", "")
                .containsEntry("coordinator_auth", "")
                .doesNotContainKey("product_auth");
        assertThat(ProxyConfig.defaults().json())
                .containsEntry("proxy_max_offheap_size", "1gb")
                .containsEntry("backend_ping_period", "5s")
                .containsEntry("backend_max_pipeline", 20480)
                .containsEntry("session_recv_timeout", "30m")
                .containsEntry("session_keepalive_period", "75s")
                .containsEntry("jodis_compatible", false)
                .doesNotContainKeys("product_auth", "session_auth", "metrics_report_influxdb_password");
    }

    @Test
    void valuesMayBeTextOrBareNumbersWhereTheGrammarAllowsIt() throws Exception {
        Path file = write("""
                session_recv_timeout = 90
                session_send_timeout = "1.5"
                backend_recv_bufsize = 4096
                backend_send_bufsize = "1mb"
                session_max_pipeline = 7
                jodis_compatible = true
                """);
        var config = new ProxyConfig(ConfigFile.load(ProxyConfig.SCHEMA, Optional.of(file), Map.of()));
        assertThat(config.get(ProxyConfig.SESSION_RECV_TIMEOUT)).isEqualTo(Span.parse("90s"));
        assertThat(config.get(ProxyConfig.SESSION_SEND_TIMEOUT)).isEqualTo(Span.parse("1500ms"));
        assertThat(config.get(ProxyConfig.BACKEND_RECV_BUFSIZE)).isEqualTo(new ByteSize(4096));
        assertThat(config.get(ProxyConfig.BACKEND_SEND_BUFSIZE)).isEqualTo(new ByteSize(1 << 20));
        assertThat(config.get(ProxyConfig.SESSION_MAX_PIPELINE)).isEqualTo(7);
        assertThat(config.get(ProxyConfig.JODIS_COMPATIBLE)).isTrue();
    }

    @Test
    void aFlagWinsOverTheFileAndIsCheckedAsWell() throws Exception {
        Path file = write("product_name = \"from-file\"");
        var config = ConfigFile.load(ProxyConfig.SCHEMA, Optional.of(file), Map.of("product_name", "from-flag"));
        assertThat(config.get(ProxyConfig.PRODUCT_NAME)).isEqualTo("from-flag");
        assertThatThrownBy(() ->
                        ConfigFile.load(ProxyConfig.SCHEMA, Optional.of(file), Map.of("product_name", "two words")))
                .isInstanceOf(CodisException.class)
                .hasMessageStartingWith("command line, product_name = \"two words\": not a product name");
    }

    @Test
    void allProblemsAreReportedTogetherWithTheirLines() throws Exception {
        Path file = write("""
                session_max_timeout = "30x"
                session_recv_timeout = "30x"

                session_max_pipeline = 0
                proxy_max_clients = "many"
                product_name = "-x"
                """);
        var reading = ConfigFile.read(ProxyConfig.SCHEMA, Optional.of(file), Map.of());
        assertThat(reading.warnings())
                .containsExactly(file + ":1 session_max_timeout = \"30x\": unknown setting, ignored");
        assertThat(reading.problems())
                .containsExactlyInAnyOrder(
                        file + ":2 session_recv_timeout = \"30x\": not a duration;"
                                + " write a number with s, m or h, such as \"30m\"",
                        file + ":4 session_max_pipeline = 0: must be greater than 0",
                        file + ":5 proxy_max_clients = \"many\": not a whole number;"
                                + " write it without quotes and fraction, such as 100",
                        file + ":6 product_name = \"-x\": not a product name;"
                                + " start with a letter, digit or _, go on with these and . or -");
        assertThatThrownBy(reading::orThrow)
                .hasMessageContainingAll(reading.problems().toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            proxy|product_name = ""|not a product name
            proxy|product_name = 5|not a text; put it in quotes
            proxy|product_name = "a/b"|not a product name
            proxy|admin_addr = "0.0.0.0"|not an address
            proxy|admin_addr = "0.0.0.0:70000"|not an address
            proxy|admin_addr = "http://x:1"|not an address
            proxy|proto_type = "udp"|unknown; write one of tcp, tcp4
            proxy|proxy_addr = "nowhere"|not an address for tcp4
            proxy|proxy_addr = ""|empty; this setting is needed
            proxy|proxy_max_clients = 0|must be greater than 0
            proxy|proxy_max_clients = 99999999999|out of range
            proxy|proxy_max_clients = 1.5|not a whole number
            proxy|backend_ping_period = "-1s"|must not be negative
            proxy|backend_recv_bufsize = "0"|must be greater than 0
            proxy|backend_recv_bufsize = "big"|not a size
            proxy|backend_recv_bufsize = true|not a size
            proxy|backend_number_databases = 0|must be greater than 0
            proxy|session_break_on_failure = "yes"|neither true nor false
            proxy|session_break_on_failure = 1|neither true nor false
            proxy|slot_lock_timeout = 0|must be greater than 0
            proxy|session_recv_timeout = "1h30m"|not a duration
            proxy|jodis_timeout = [1]|not a duration
            proxy|metrics_report_period = "0"|must be greater than 0
            dashboard|coordinator_name = ""|empty; this setting is needed
            dashboard|coordinator_addr = " "|empty; this setting is needed
            dashboard|migration_method = "async"|unknown; write "sync" or "semi-async"
            dashboard|migration_parallel_slots = 0|must be greater than 0
            dashboard|migration_async_maxbytes = "-1mb"|must be greater than 0
            dashboard|migration_timeout = "soon"|not a duration
            dashboard|sentinel_quorum = -1|must be greater than 0
            dashboard|master_lease = "0"|must be greater than 0
            dashboard|admin_addr = ""|not an address
            dashboard|product_name =|not TOML
            dashboard|product_name = "a" product_name|not TOML
            """)
    void anInvalidSettingIsRefusedWithItsPlaceAndARemedy(String which, String line, String expected) throws Exception {
        Path file = write("# a comment\n" + line + "\n");
        var schema = which.equals("proxy") ? ProxyConfig.SCHEMA : DashboardConfig.SCHEMA;
        assertThat(ConfigFile.read(schema, Optional.of(file), Map.of()).problems())
                .singleElement()
                .asString()
                .startsWith(file + ":2")
                .contains(expected);
    }

    @Test
    void secretsAreNeverShown() throws Exception {
        Path file = write("""
                product_auth = "hush-product"
                session_auth = "hush-session"
                jodis_auth = "user:hush-jodis"
                metrics_report_influxdb_password = "hush-influx"
                """);
        var settings = ConfigFile.load(ProxyConfig.SCHEMA, Optional.of(file), Map.of());
        String shown = Json.pretty(settings.json()) + settings;
        assertThat(shown).doesNotContain("hush").contains("\"jodis_auth\" : \"***\"");
        assertThat(settings.get(ProxyConfig.SESSION_AUTH)).isEqualTo("hush-session");
    }

    @Test
    void everyKeyHasACommentAndAUniqueName() {
        for (Schema schema : List.of(DashboardConfig.SCHEMA, ProxyConfig.SCHEMA)) {
            assertThat(schema.keys()).extracting(Key::name).doesNotHaveDuplicates();
            assertThat(schema.keys()).extracting(Key::comment).noneMatch(String::isBlank);
            assertThat(Stream.of(schema.defaultText().split("\n")).filter(line -> line.contains(" = ")))
                    .hasSameSizeAs(schema.keys());
        }
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() ->
                        ConfigFile.load(ProxyConfig.SCHEMA, Optional.of(directory.resolve("absent.toml")), Map.of()))
                .hasMessageContaining("absent.toml does not exist");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "settings", ".toml"), text);
    }
}
