package io.codis.core.topology;

/**
 * Whether a proxy takes part in barriers and may log in at the engines.
 *
 * <p>{@code generation} is n of the login {@code proxy-<id>-<n>}. It is the version of the topology that admitted the proxy,
 * so no login is ever used twice, not even when a proxy's id is given to another one.
 */
public sealed interface Admission {

    /** The only joining state. */
    Joining JOINING = new Joining();

    /** Known, without a login; no barrier waits for it. */
    record Joining() implements Admission {

        public Admitted admitted(long generation) {
            return new Admitted(generation);
        }
    }

    /** Every barrier waits for it. Its login is switched on after it has confirmed a route of this version or newer. */
    record Admitted(long generation) implements Admission {

        public Evicted evicted() {
            return new Evicted(generation);
        }
    }

    /**
     * No barrier waits for it. The login of {@code generation} must be gone at the masters concerned, old and new, before
     * a step that the barrier protects; removing it again is harmless.
     */
    record Evicted(long generation) implements Admission {

        public Admitted admitted(long newGeneration) {
            return new Admitted(newGeneration);
        }
    }
}
