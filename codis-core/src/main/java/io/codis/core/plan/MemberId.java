package io.codis.core.plan;

import java.util.Comparator;

/**
 * The place of a server, for as long as it exists.
 *
 * @param group 1 to 9999
 * @param ordinal within the group, from 1
 */
public record MemberId(int group, int ordinal) implements Comparable<MemberId> {

    @Override
    public int compareTo(MemberId other) {
        return Comparator.comparingInt(MemberId::group)
                .thenComparingInt(MemberId::ordinal)
                .compare(this, other);
    }

    /** Such as {@code server-1-2}: the second server of group 1. */
    @Override
    public String toString() {
        return "server-" + group + "-" + ordinal;
    }
}
