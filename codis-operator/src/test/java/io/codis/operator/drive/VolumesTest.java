package io.codis.operator.drive;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VolumesTest {

    @Test
    void volumesGrowButNeverShrinkNorMove() {
        assertThatCode(() -> Volumes.refuse(claim("1Gi", "fast"), claim("2048Mi", "fast")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Volumes.refuse(claim("2Gi", "fast"), claim("1Gi", "fast")))
                .hasMessage("spec.redisSpec.storageResources.requests.storage = 1Gi: the volumes have 2Gi and cannot"
                        + " shrink; use that or more");
        assertThatThrownBy(() -> Volumes.refuse(claim("2Gi", "fast"), claim("2Gi", "slow")))
                .hasMessage(
                        "spec.redisSpec.storageClassName = slow: the volumes are of fast and stay so; take the change"
                                + " back, or make another cluster");
    }

    @Test
    void serversKeepTheirVolumesOrTheirLackOfThem() {
        assertThatThrownBy(() -> Volumes.refuse(Optional.empty(), claim("2Gi", "fast")))
                .hasMessageContaining("have no volumes and get none");
        assertThatThrownBy(() -> Volumes.refuse(claim("2Gi", "fast"), Optional.empty()))
                .hasMessageContaining("have volumes and keep them");
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
