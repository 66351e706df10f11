package io.codis.core.plan;

/** What executes plans: processes of this machine, or objects of Kubernetes. */
public interface ClusterDriver {

    /** The cluster as it is now; never blocks on a process that does not answer for longer than a few seconds. */
    Observed observe();

    /**
     * Carries out one step and returns when its effect can be observed.
     *
     * @throws io.codis.core.problem.CodisException if it cannot be done, or not in time; it may be tried again
     */
    void apply(Step step);
}
