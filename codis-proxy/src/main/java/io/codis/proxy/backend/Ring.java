package io.codis.proxy.backend;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Commands in flight on one connection, in the order in which they were given. */
final class Ring {

    private @Nullable Pending[] places = new @Nullable Pending[64];
    private int head;
    private int size;

    void add(Pending pending) {
        if (size == places.length) {
            grow();
        }
        places[(head + size++) & (places.length - 1)] = pending;
    }

    @Nullable
    Pending first() {
        return size == 0 ? null : places[head];
    }

    void removeFirst() {
        places[head] = null;
        head = (head + 1) & (places.length - 1);
        size--;
    }

    @Nullable
    Pending at(int i) {
        return places[(head + i) & (places.length - 1)];
    }

    int size() {
        return size;
    }

    private void grow() {
        @Nullable Pending[] wider = Arrays.copyOf(places, places.length * 2);
        System.arraycopy(places, head, wider, 0, places.length - head);
        System.arraycopy(places, 0, wider, places.length - head, head);
        Arrays.fill(wider, size, wider.length, null);
        places = wider;
        head = 0;
    }
}
