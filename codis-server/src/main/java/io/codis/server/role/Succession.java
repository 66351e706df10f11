package io.codis.server.role;

import io.codis.server.identity.IdentityFile;
import java.time.Duration;

/**
 * The last moments of a master whose launcher stops. A dashboard that hears so from itself replaces it while it still
 * serves, or, when it has given up its role, at once; when it is simply gone, only after its lease. So it stays until it is
 * told to follow another master, for the whole promotion asks the old one, but not when nobody looks at it.
 */
public final class Succession {

    private static final Duration PROMOTION = Duration.ofSeconds(5);
    private static final Duration STEP = Duration.ofMillis(20);

    private final IdentityFile identity;
    private final Duration nextLook;
    private volatile long lookedNanos = System.nanoTime();

    /** @param nextLook how long to wait for a dashboard */
    public Succession(IdentityFile identity, Duration nextLook) {
        this.identity = identity;
        this.nextLook = nextLook;
    }

    /** Somebody asks for the state. */
    public void looked() {
        lookedNanos = System.nanoTime();
    }

    /**
     * Returns when the group has another master, or that is not to be expected; whether a dashboard has looked.
     *
     * @param began since when the state says that this server leaves, as {@link System#nanoTime}
     */
    public boolean await(long began) {
        long epoch = identity.current().epoch();
        boolean looked = false;
        long until = System.nanoTime() + nextLook.toNanos();
        while (identity.current().epoch() <= epoch) {
            if (!looked && lookedNanos - began > 0) {
                looked = true;
                until = System.nanoTime() + PROMOTION.toNanos();
            }
            if (System.nanoTime() - until > 0) {
                return looked;
            }
            try {
                Thread.sleep(STEP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return looked;
            }
        }
        return true;
    }
}
