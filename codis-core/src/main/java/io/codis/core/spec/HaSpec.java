package io.codis.core.spec;

/** The failover watch; none with 0 replicas. */
public record HaSpec(int replicas, Placement placement) {}
