package io.codis.testkit;

import java.util.Random;
import java.util.function.LongConsumer;

/**
 * Randomness that can be had again: a failing test says with which {@code -Dseed=} it fails.
 *
 * <p>{@code Seed.with(random -> ...)} runs once; {@code Seed.times(100, random -> ...)} runs with as many seeds, or with
 * the one of the property {@code seed} alone.
 */
public final class Seed {

    /** A test body. */
    @FunctionalInterface
    public interface Body {
        void run(Random random) throws Exception;
    }

    private Seed() {}

    /** The seed of the property {@code seed}, else a new one; printed, since the caller may not fail by an exception. */
    public static long next() {
        Long given = Long.getLong("seed");
        long seed = given != null ? given : new Random().nextInt(Integer.MAX_VALUE);
        System.out.println("-Dseed=" + seed);
        return seed;
    }

    /** Runs {@code body} once. */
    public static void with(Body body) {
        times(1, body);
    }

    /** Runs {@code body} with {@code runs} different seeds, or once with the seed of the property. */
    public static void times(int runs, Body body) {
        each(runs, seed -> runOnce(seed, body));
    }

    /** The same for a body that tells its seed itself. */
    public static void each(int runs, LongConsumer body) {
        Long given = Long.getLong("seed");
        Random seeds = new Random();
        for (int run = 0; run < (given != null ? 1 : runs); run++) {
            body.accept(given != null ? given : seeds.nextInt(Integer.MAX_VALUE));
        }
    }

    private static void runOnce(long seed, Body body) {
        try {
            body.run(new Random(seed));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("run again with -Dseed=" + seed + ": " + e.getMessage(), e);
        }
    }
}
