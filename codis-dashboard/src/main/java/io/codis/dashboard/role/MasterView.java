package io.codis.dashboard.role;

/**
 * What others than this dashboard see of a master. A master that this dashboard cannot reach is down only when nobody
 * who uses it says that it answers.
 */
@FunctionalInterface
public interface MasterView {

    /** Whether a proxy had an answer of this engine within about the last second. */
    boolean answersProxies(String master);

    /** No other observers: this dashboard's own view decides. */
    static MasterView none() {
        return master -> false;
    }
}
