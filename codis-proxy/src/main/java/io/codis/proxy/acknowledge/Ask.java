package io.codis.proxy.acknowledge;

import io.codis.proxy.backend.Backend;
import io.codis.proxy.backend.Pending;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.function.Consumer;

/** One command of our own to a server, and what comes of it. */
public final class Ask extends Pending {

    /** What came of it. */
    public sealed interface Answer {
        /** Any reply but an error, as it was on the wire. */
        record Said(byte[] reply) implements Answer {
            public String text() {
                return new String(reply, StandardCharsets.UTF_8).strip();
            }

            /** Of either protocol. */
            public boolean isNil() {
                return reply[0] == '_' || text().equals("$-1");
            }

            /** The value of an integer reply. */
            public long number() {
                return Long.parseLong(text().substring(1));
            }
        }

        /** An error reply, without the minus. */
        record Refused(String error) implements Answer {}

        /** The connection is gone; when {@code sent} the server may have done it. */
        record Lost(boolean sent, String why) implements Answer {}
    }

    private final BitSet slots;
    private final boolean write;
    private final Consumer<Answer> then;
    private final ByteArrayOutputStream reply = new ByteArrayOutputStream();

    /**
     * @param slots whose keys it names
     * @param write it may change data
     * @param then told once
     */
    public Ask(BitSet slots, boolean write, Consumer<Answer> then) {
        this.slots = slots;
        this.write = write;
        this.then = then;
    }

    @Override
    protected void onReply(byte[] bytes, int from, int size, boolean last) {
        reply.write(bytes, from, size);
        if (last) {
            then.accept(new Answer.Said(reply.toByteArray()));
        }
    }

    @Override
    protected void onError(Backend backend, byte[] line, int from, int size) {
        then.accept(new Answer.Refused(new String(line, from + 1, size - 1, StandardCharsets.UTF_8).strip()));
    }

    @Override
    protected void onLost(Backend backend, boolean sent, String why) {
        then.accept(new Answer.Lost(sent, why));
    }

    @Override
    protected boolean mayWrite() {
        return write;
    }

    @Override
    protected void addSlotsTo(BitSet to) {
        to.or(slots);
    }
}
