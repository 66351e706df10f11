package io.codis.operator.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VolumesTest {

    @Test
    void volumesGrowButNeverShrinkNorMove() {
        assertThat(Volumes.refusal(claim("1Gi", "fast"), claim("2048Mi", "fast")))
                .isEmpty();
        assertThat(Volumes.refusal(claim("2Gi", "fast"), claim("1Gi", "fast")))
                .contains("spec.redisSpec.storageResources.requests.storage = 1Gi: the volumes have 2Gi and cannot"
                        + " shrink; use that or more");
        assertThat(Volumes.refusal(claim("2Gi", "fast"), claim("2Gi", "slow")))
                .contains("spec.redisSpec.storageClassName = slow: the volumes are of fast and stay so; take the change"
                        + " back, or make another cluster");
    }

    @Test
    void serversKeepTheirVolumesOrTheirLackOfThem() {
        assertThat(Volumes.refusal(Optional.empty(), claim("2Gi", "fast")).orElseThrow())
                .contains("have no volumes and get none");
        assertThat(Volumes.refusal(claim("2Gi", "fast"), Optional.empty()).orElseThrow())
                .contains("have volumes and keep them");
    }

    @Test
    void whatHasNeverBeenGivenIsAskedForAnew() {
        PersistentVolumeClaim asked = claim("2Gi", "fast").orElseThrow();
        PersistentVolumeClaim given = new PersistentVolumeClaimBuilder(asked)
                .editSpec()
                .withVolumeName("pv-1")
                .endSpec()
                .build();

        assertThat(Volumes.neverGiven(List.of(asked, asked))).isTrue();
        assertThat(Volumes.neverGiven(List.of(asked, given))).isFalse();
        assertThat(Volumes.neverGiven(List.of())).as("nothing is known").isFalse();
        assertThat(Volumes.inVain(asked, claim("2Gi", "slow").orElseThrow())).isTrue();
        assertThat(Volumes.inVain(asked, claim("1Gi", "fast").orElseThrow())).isTrue();
        assertThat(Volumes.inVain(asked, claim("2048Mi", "fast").orElseThrow())).isFalse();
        assertThat(Volumes.inVain(given, claim("2Gi", "slow").orElseThrow())).isFalse();
    }

    private static Optional<PersistentVolumeClaim> claim(String size, String storageClass) {
        return Optional.of(new PersistentVolumeClaimBuilder()
                .withNewSpec()
                .withStorageClassName(storageClass)
                .withNewResources()
                .addToRequests("storage", new Quantity(size))
                .endResources()
                .endSpec()
                .build());
    }
}
