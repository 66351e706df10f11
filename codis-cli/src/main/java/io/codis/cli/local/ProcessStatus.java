package io.codis.cli.local;

/**
 * A child of the supervisor.
 *
 * @param pid 0 while it does not run
 * @param restarts how often it ended by itself and was started again
 * @param problem why it ended last, in its own words, until it has run for a while; empty if it did not
 */
public record ProcessStatus(String name, long pid, String state, int restarts, String log, String problem) {}
