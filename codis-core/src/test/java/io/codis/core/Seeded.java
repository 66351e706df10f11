package io.codis.core;

import java.util.Random;
import java.util.function.Consumer;

/** Randomness that can be had again: a failing test says with which {@code -Dseed=} it fails. */
public final class Seeded {

    private Seeded() {}

    /** Runs {@code body} with {@code runs} seeds, or once with the seed of the property. */
    public static void times(int runs, Consumer<Random> body) {
        Long given = Long.getLong("seed");
        Random seeds = new Random();
        for (int run = 0; run < (given == null ? runs : 1); run++) {
            long seed = given == null ? seeds.nextInt(Integer.MAX_VALUE) : given;
            try {
                body.accept(new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("run again with -Dseed=" + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
