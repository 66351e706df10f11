package io.codis.operator.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StartupTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
    private static final String YOUNG = "state: {running: {startedAt: \"2026-01-01T00:57:00Z\"}}";

    @Test
    void aServerThatHasBegunToRunMayStillComeUp() {
        assertThat(underWay(YOUNG)).isTrue();
        assertThat(underWay(YOUNG + "\n" + before("2025-12-01T00:00:00Z")))
                .as("it ran for a month before")
                .isTrue();
    }

    @Test
    void oneThatEndsAgainAndAgainOrTakesTooLongOrDoesNotRunIsNotWaitedFor() {
        assertThat(underWay(YOUNG + "\n" + before("2026-01-01T00:56:00Z"))).isFalse();
        assertThat(underWay("state: {running: {startedAt: \"2026-01-01T00:40:00Z\"}}"))
                .isFalse();
        assertThat(underWay("state: {waiting: {reason: CrashLoopBackOff}}")).isFalse();
        Pod ending = pod(YOUNG);
        ending.getMetadata().setDeletionTimestamp("2026-01-01T00:59:00Z");
        assertThat(Startup.underWay(ending, NOW)).isFalse();
    }

    private static String before(String started) {
        return "lastState: {terminated: {startedAt: \"" + started + "\", finishedAt: \"2026-01-01T00:57:00Z\"}}";
    }

    private static boolean underWay(String container) {
        return Startup.underWay(pod(container), NOW);
    }

    private static Pod pod(String container) {
        return Serialization.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata: {name: c-codis-server-statefulset-0}
                status:
                  phase: Running
                  containerStatuses:
                  - name: codis-server
                """ + container.indent(4), Pod.class);
    }
}
