package io.codis.proxy.route;

import io.codis.proxy.backend.Pending;
import org.jspecify.annotations.Nullable;

/** What may have to wait for its slot. */
public abstract class Routed extends Pending {

    @Nullable
    Routed behind;

    /** The slot is open: set out again, from the beginning. */
    protected abstract void go();

    /** The deadline has passed. */
    protected abstract void expire(String why);

    /** When it stops waiting, in the loop's time. */
    protected abstract long deadline();

    /** Bytes that it keeps while it waits. */
    protected abstract int keeps();
}
