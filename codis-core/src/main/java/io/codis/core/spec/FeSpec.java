package io.codis.core.spec;

/** The web console; none with 0 replicas. */
public record FeSpec(int replicas, Exposure exposure, Placement placement) {}
