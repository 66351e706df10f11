package io.codis.proxy;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.codis3.ProxyStats.RuntimeStats;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** CPU and memory of this process, from {@code /proc/self/stat} as proc(5) describes it; elsewhere nothing is known. */
final class ProcessUsage {

    private static final Path STAT = Path.of("/proc/self/stat");
    /** USER_HZ, fixed for all programs on Linux. */
    private static final long NANOS_PER_TICK = 10_000_000;
    /** On the platforms that we run on. */
    private static final long PAGE = 4096;
    /** Shorter samples say nothing at ticks of 10 ms. */
    private static final long SAMPLE_NANOS = 1_000_000_000;

    private long sampleAt = System.nanoTime();
    private long sampleCpu = raw().map(ProcessUsage::cpuNanos).orElse(0L);
    private double cores;

    /** As of now; the cores in use are those of the last full second. */
    synchronized ProxyStats.Usage usage() {
        Optional<ProxyStats.RawUsage> raw = raw();
        long now = System.nanoTime();
        if (raw.isPresent() && now - sampleAt >= SAMPLE_NANOS) {
            long cpu = cpuNanos(raw.get());
            cores = (double) (cpu - sampleCpu) / (now - sampleAt);
            sampleAt = now;
            sampleCpu = cpu;
        }
        long resident = raw.map(ProxyStats.RawUsage::vmRss).orElse(0L);
        return new ProxyStats.Usage(Instant.now().toString(), cores, resident, raw.orElse(null));
    }

    /** The JVM under the names of the Go runtime. */
    static RuntimeStats runtime() {
        var memory = ManagementFactory.getMemoryMXBean();
        MemoryUsage heap = memory.getHeapMemoryUsage();
        MemoryUsage other = memory.getNonHeapMemoryUsage();
        long collections = 0;
        long pauses = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
            pauses += Math.max(0, collector.getCollectionTime());
        }
        double cpuMillis = raw().map(ProcessUsage::cpuNanos).orElse(0L) / 1e6;
        return new RuntimeStats(
                new RuntimeStats.General(heap.getUsed(), heap.getCommitted() + other.getCommitted(), 0, 0, 0),
                new RuntimeStats.Heap(
                        heap.getUsed(), heap.getCommitted(), heap.getCommitted() - heap.getUsed(), heap.getUsed(), 0),
                new RuntimeStats.Gc(collections, cpuMillis == 0 ? 0 : Math.min(1, pauses / cpuMillis), pauses),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                0,
                Math.max(0, other.getUsed()));
    }

    private static long cpuNanos(ProxyStats.RawUsage raw) {
        return raw.utime() + raw.stime();
    }

    private static Optional<ProxyStats.RawUsage> raw() {
        try {
            return Optional.of(parse(Files.readString(STAT)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The program name, in parentheses, may hold anything; the fields are counted from behind it, where the third is. */
    static ProxyStats.RawUsage parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
        return new ProxyStats.RawUsage(
                ticks(fields, 14),
                ticks(fields, 15),
                ticks(fields, 16),
                ticks(fields, 17),
                field(fields, 20),
                field(fields, 23),
                field(fields, 24) * PAGE);
    }

    private static long ticks(String[] fields, int number) {
        return field(fields, number) * NANOS_PER_TICK;
    }

    private static long field(String[] fields, int number) {
        return Long.parseLong(fields[number - 3]);
    }
}
