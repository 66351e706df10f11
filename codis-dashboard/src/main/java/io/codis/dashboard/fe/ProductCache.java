package io.codis.dashboard.fe;

import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers where dashboards are for {@link #FRESH}. When looking again fails, what was known stays: a coordinator that
 * is down for a moment must not take the console away.
 */
final class ProductCache {

    static final Duration FRESH = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ProductCache.class);

    private final Products products;
    private final LongSupplier nanoTime;
    private SortedMap<String, String> known = new TreeMap<>();
    private boolean looked;
    private long lookedAt;

    ProductCache(Products products, LongSupplier nanoTime) {
        this.products = products;
        this.nanoTime = nanoTime;
    }

    synchronized SortedMap<String, String> all() {
        long now = nanoTime.getAsLong();
        if (!looked || now - lookedAt > FRESH.toNanos()) {
            looked = true;
            lookedAt = now;
            try {
                known = products.find();
            } catch (RuntimeException e) {
                LOG.warn("dashboards not read, keeping the known ones known={} cause={}", known.size(), e.getMessage());
            }
        }
        return known;
    }

    /** The address of the product's dashboard, if there is such a product. */
    Optional<String> dashboardOf(String product) {
        return Optional.ofNullable(all().get(product));
    }
}
