package io.codis.core.plan;

/** The processes that a cluster has once. */
public enum Part {
    DASHBOARD("dashboard"),
    FE("fe"),
    HA("ha");

    private final String word;

    Part(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
