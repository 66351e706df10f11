package io.codis.core.spec;

/** The topology manager: one leads, the others stand by. */
public record DashboardSpec(int replicas, Exposure exposure, Placement placement) {

    /** Where nothing is said. */
    static final int REPLICAS = 2;
}
