package io.codis.core.slot;

import java.util.zip.CRC32;

/**
 * The slot of a key: CRC-32 of its hash part, modulo 1024.
 *
 * <p>The hash part is what lies between the first <code>{</code> and the first <code>}</code> after it, even when that
 * is empty; without such a pair it is the whole key. Redis Cluster ignores an empty tag, Codis does not. Source: Codis
 * 3.2, checked against {@code SLOTSHASHKEY}.
 */
public final class SlotHash {

    /** How many slots there are. */
    public static final int SLOTS = 1024;

    private static final int[] TABLE = table();

    private SlotHash() {}

    /** The slot, 0 to 1023, of the key in {@code bytes[from, from + length)}. */
    public static int slotOf(byte[] bytes, int from, int length) {
        int start = from;
        int end = from + length;
        int open = indexOf(bytes, (byte) '{', from, end);
        if (open >= 0) {
            int close = indexOf(bytes, (byte) '}', open + 1, end);
            if (close >= 0) {
                start = open + 1;
                end = close;
            }
        }
        return crc(bytes, start, end) & (SLOTS - 1);
    }

    /** The slot, 0 to 1023, of {@code key}. */
    public static int slotOf(byte[] key) {
        return slotOf(key, 0, key.length);
    }

    private static int indexOf(byte[] bytes, byte wanted, int from, int end) {
        for (int i = from; i < end; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** Keys are short: a table walk beats the native call of {@link CRC32}, which the tests compare it with. */
    private static int crc(byte[] bytes, int from, int end) {
        int crc = ~0;
        for (int i = from; i < end; i++) {
            crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]) & 0xff];
        }
        return ~crc;
    }

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < 256; i++) {
            int c = i;
            for (int bit = 0; bit < 8; bit++) {
                c = (c & 1) != 0 ? (c >>> 1) ^ 0xEDB88320 : c >>> 1;
            }
            table[i] = c;
        }
        return table;
    }
}
