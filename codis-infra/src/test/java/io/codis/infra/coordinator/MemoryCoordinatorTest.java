package io.codis.infra.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryCoordinatorTest extends CoordinatorContractTest {

    private final MemoryCoordinator.Store store = new MemoryCoordinator.Store();

    @Override
    protected Coordinator open() {
        return new MemoryCoordinator(store);
    }

    @Test
    void anExpiredLeaseIsNotHeldAnyMore() {
        try (var client = new MemoryCoordinator(store);
                var next = new MemoryCoordinator(store)) {
            var lease = client.tryLead("/leader").orElseThrow();
            client.expire("/leader");
            assertThat(lease.held()).isFalse();
            assertThat(next.tryLead("/leader")).isPresent();
            assertThat(lease.held()).isFalse();
        }
    }
}
