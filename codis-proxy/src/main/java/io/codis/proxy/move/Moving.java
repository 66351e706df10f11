package io.codis.proxy.move;

import io.codis.proxy.route.Slot;

/** A request whose keys may still be at the source of its slot. Exactly one of the outcomes is called. */
public abstract class Moving {

    public abstract Slot slot();

    public abstract int channel();

    /** The keys that it names, at least one. */
    public abstract byte[][] keys();

    /** The whole request. */
    public abstract byte[] command();

    /** Whoever asked: its requests keep their order, those of others may pass. */
    public abstract Object origin();

    /** It changes nothing, whatever its reply. */
    public abstract boolean readOnly();

    /** In the loop's time. */
    public abstract long deadline();

    /** Outcome: its keys are at the target; nothing of them is left at the source. */
    public abstract void atTarget();

    /** Outcome: the route has changed, or a server is not there: take the way from the beginning. */
    public abstract void again();

    /** Outcome: the source has answered a read of a key that it still holds. */
    public abstract void answered(byte[] reply);

    /** Outcome: an error, without the leading minus. */
    public abstract void failed(String error);
}
