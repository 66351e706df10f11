package io.codis.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.codis3.ProxyStats;
import org.junit.jupiter.api.Test;

final class ProcessUsageTest {

    @Test
    void fieldsAreCountedBehindAProgramNameOfAnyKind() {
        ProxyStats.RawUsage usage =
                ProcessUsage.parse("4711 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21");

        assertThat(usage)
                .isEqualTo(
                        new ProxyStats.RawUsage(110_000_000, 120_000_000, 130_000_000, 140_000_000, 17, 20, 21 * 4096));
    }

    @Test
    void thisProcessUsesMemoryAndCpu() {
        ProxyStats.Usage usage = new ProcessUsage().usage();

        assertThat(usage.mem()).isBetween(10L << 20, 8L << 30);
        assertThat(usage.raw()).isNotNull();
        assertThat(usage.raw().utime()).isPositive();
        assertThat(usage.raw().numThreads()).isPositive();
    }

    @Test
    void noFigureOfTheRuntimeIsNegative() {
        ProxyStats.RuntimeStats runtime = ProcessUsage.runtime();

        assertThat(runtime.heap().alloc()).isPositive();
        assertThat(runtime.heap().idle()).isNotNegative();
        assertThat(runtime.gc().cpuFraction()).isBetween(0.0, 1.0);
        assertThat(runtime.numProcs()).isPositive();
        assertThat(runtime.memOffheap()).isPositive();
    }
}
