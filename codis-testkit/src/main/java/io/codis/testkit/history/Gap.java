package io.codis.testkit.history;

/**
 * A time without an acknowledged write on one slot.
 *
 * @param group the slot's group at its start
 * @param from of the last acknowledgement before it, milliseconds since 1970
 * @param millis until the first one after it
 * @param endpoint the proxy used at its start
 * @param moved the client had to change the connection within it
 */
public record Gap(int slot, int group, long from, long millis, String endpoint, boolean moved) {

    /** Whether any of it lies within the two times. */
    public boolean overlaps(long start, long end) {
        return from <= end && from + millis >= start;
    }
}
