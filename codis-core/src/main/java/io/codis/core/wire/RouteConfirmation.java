package io.codis.core.wire;

/** A proxy's answer to a {@link RouteTable}: that table is in force and nothing older remains on its locked slots. */
public record RouteConfirmation(long epoch, long version) {}
