package io.codis.core.codis3;

/**
 * A dashboard's word of itself: the node {@code topom}, which is also the lock, and {@code GET /topom/model}. Every key is
 * always written.
 *
 * @param startTime opaque text
 * @param sys as {@code uname -a}
 */
public record Topom(
        String token, String startTime, String adminAddr, String productName, int pid, String pwd, String sys) {}
