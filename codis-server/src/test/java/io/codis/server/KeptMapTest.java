package io.codis.server;

import static io.codis.server.Refusals.assertRefused;
import static io.codis.server.Refusals.assertStale;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.Reason;
import io.codis.core.wire.ServerState.Role;
import io.codis.infra.json.Json;
import io.codis.testkit.Engines;
import io.codis.testkit.LauncherServer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Safety rules 5 and 18, as far as a volume keeps what its server was told of the cluster. */
class KeptMapTest {

    @Test
    void theMapIsOnTheVolumeWhenTheCallReturns() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());
            server.master(1, 2, server);

            server.map(1, map("test", 1, 40));
            server.kill();
            server.start();

            JsonNode identity = server.identity();
            assertThat(identity.path("map").path("version").asLong()).isEqualTo(40);
            assertThat(identity.path("map").path("slots").path(0).path("to").asInt())
                    .isEqualTo(1023);
            assertThat(identity.path("cluster_id").asText()).isEqualTo("test");
            assertThat(identity.path("role").asText()).isEqualTo(Role.MASTER.name());
            assertThat(identity.path("epoch").asLong()).isEqualTo(2);
        }
    }

    @Test
    void anOlderMapNeverReplacesANewerOne() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());
            server.master(3, 4, server);
            server.map(3, map("test", 3, 40));

            assertRefused(Reason.STALE_VERSION, () -> server.map(3, map("test", 3, 39)));
            assertStale(() -> server.map(2, map("test", 2, 41)));
            server.map(3, map("test", 3, 40));
            // a later leader's word counts, whatever number it carries
            server.map(5, map("test", 5, 7));

            assertThat(server.identity().path("map").path("version").asLong()).isEqualTo(7);
        }
    }

    @Test
    void theMapOfAnotherClusterIsRefusedAndAServerWithoutOneTakesNone() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());

            assertRefused(Reason.NOT_READY, () -> server.map(1, map("test", 1, 1)));
            server.master(1, 2, server);

            assertRefused(Reason.FOREIGN_SERVER, () -> server.map(1, map("other", 1, 1)));
        }
    }

    @Test
    void aWipedServerForgetsTheMap() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());
            server.master(1, 2, server);
            server.map(1, map("test", 1, 40));
            server.fence(1);

            server.wipe(1);

            assertThat(server.identity().path("map").path("version").asLong()).isZero();
        }
    }

    private static JsonNode map(String clusterId, long leaderEpoch, long version) {
        return Json.tree("""
                {"format":1,"product":"demo","cluster_id":"%s","version":%d,"epoch":9,"leader_epoch":%d,"groups":[],
                 "slots":[{"from":0,"to":1023,"group":1}],"proxies":[],"sentinels":{"servers":[],"out_of_sync":false}}""".formatted(clusterId, version, leaderEpoch).getBytes(StandardCharsets.UTF_8));
    }
}
