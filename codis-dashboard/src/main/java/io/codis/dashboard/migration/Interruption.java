package io.codis.dashboard.migration;

/** Where a test may stop this program for good, as a power cut would: a step that has just been taken. */
@FunctionalInterface
public interface Interruption {

    /** In production nobody stops us. */
    Interruption NONE = step -> {};

    /** @param step such as {@code copied}; may throw an {@link Error}, after which nothing more is done */
    void after(String step);
}
