package io.codis.core.failover;

/**
 * Facts about time and surroundings that a decision needs, measured by the caller.
 *
 * @param leaseLapsed the old master cannot hold its role any more: T and a margin have passed since this dashboard last
 *     confirmed it, or since this dashboard began to lead
 * @param patienceOver members that do not answer have been waited for long enough
 * @param strangersHoldData a server of a group without a recorded master holds data
 */
public record Circumstances(boolean leaseLapsed, boolean patienceOver, boolean strangersHoldData) {}
