package io.codis.core.command;

/**
 * Where the keys of a call are. Works on the index arrays of the request parser and allocates nothing: argument {@code
 * i}, 0 being the command name, is {@code buf[at[i], at[i] + len[i])}.
 *
 * <p>Source of the rules: the {@code getkeys} functions of Redis 7.0 {@code db.c}; a test compares both.
 */
sealed interface Keys {

    /** The call is malformed in a way that leaves its keys unknown; an engine answers it with an error. */
    int MALFORMED = -1;

    /** How many keys the call names, or {@link #MALFORMED}. */
    int count(byte[] buf, int[] at, int[] len, int args);

    /** The argument index of key {@code i}; only for calls whose {@link #count} is greater than {@code i}. */
    int index(int i, byte[] buf, int[] at, int[] len, int args);

    /** No keys. */
    record None() implements Keys {
        @Override
        public int count(byte[] buf, int[] at, int[] len, int args) {
            return 0;
        }

        @Override
        public int index(int i, byte[] buf, int[] at, int[] len, int args) {
            throw new IndexOutOfBoundsException(i);
        }
    }

    /** Every {@code step}-th argument from {@code first} to {@code last}; a negative last counts from the end. */
    record Range(int first, int last, int step) implements Keys {
        @Override
        public int count(byte[] buf, int[] at, int[] len, int args) {
            int end = last < 0 ? args + last : last;
            if (end >= args || end < first || (step > 1 && (args - first) % step != 0)) {
                return MALFORMED;
            }
            return (end - first) / step + 1;
        }

        @Override
        public int index(int i, byte[] buf, int[] at, int[] len, int args) {
            return first + i * step;
        }
    }

    /** Argument {@code at} says how many keys follow it; a destination, if any, is argument 1. */
    record Counted(int at, boolean destination, int least) implements Keys {
        @Override
        public int count(byte[] buf, int[] offsets, int[] len, int args) {
            if (at >= args) {
                return MALFORMED;
            }
            int keys = Words.number(buf, offsets[at], len[at]);
            if (keys < least || keys > args - at - 1) {
                return MALFORMED;
            }
            return destination ? keys + 1 : keys;
        }

        @Override
        public int index(int i, byte[] buf, int[] offsets, int[] len, int args) {
            if (destination) {
                return i == 0 ? 1 : at + i;
            }
            return at + 1 + i;
        }
    }

    /** Argument 1, and the one behind the last STORE or STOREDIST from argument {@code from} on. */
    record Stored(int from) implements Keys {
        @Override
        public int count(byte[] buf, int[] at, int[] len, int args) {
            return 1 >= args ? MALFORMED : store(buf, at, len, args) > 0 ? 2 : 1;
        }

        @Override
        public int index(int i, byte[] buf, int[] at, int[] len, int args) {
            return i == 0 ? 1 : store(buf, at, len, args);
        }

        private int store(byte[] buf, int[] at, int[] len, int args) {
            int found = 0;
            for (int i = from; i + 1 < args; i++) {
                if (Words.is(buf, at[i], len[i], Words.STORE) || Words.is(buf, at[i], len[i], Words.STOREDIST)) {
                    found = ++i;
                } else {
                    i += Words.operandsOfSort(buf, at[i], len[i]);
                }
            }
            return found;
        }
    }

    /** XREAD and XREADGROUP: the first half of what follows STREAMS. */
    record Streams() implements Keys {
        @Override
        public int count(byte[] buf, int[] at, int[] len, int args) {
            int first = first(buf, at, len, args);
            return first <= 0 || first >= args || (args - first) % 2 != 0 ? MALFORMED : (args - first) / 2;
        }

        @Override
        public int index(int i, byte[] buf, int[] at, int[] len, int args) {
            return first(buf, at, len, args) + i;
        }

        private static int first(byte[] buf, int[] at, int[] len, int args) {
            for (int i = 1; i < args; i++) {
                if (Words.is(buf, at[i], len[i], Words.STREAMS)) {
                    return i + 1;
                }
                int operands = Words.operandsOfRead(buf, at[i], len[i]);
                if (operands < 0) {
                    return 0;
                }
                i += operands;
            }
            return 0;
        }
    }

    /** MIGRATE: argument 3, or when that is empty all that follow KEYS. */
    record Migrated() implements Keys {
        @Override
        public int count(byte[] buf, int[] at, int[] len, int args) {
            if (args < 4) {
                return MALFORMED;
            }
            int first = first(buf, at, len, args);
            return first == 3 ? 1 : first == 0 ? MALFORMED : args - first;
        }

        @Override
        public int index(int i, byte[] buf, int[] at, int[] len, int args) {
            return first(buf, at, len, args) + i;
        }

        private static int first(byte[] buf, int[] at, int[] len, int args) {
            if (len[3] > 0) {
                return 3;
            }
            for (int i = 6; i + 1 < args; i++) {
                if (Words.is(buf, at[i], len[i], Words.KEYS)) {
                    return i + 1;
                }
                i += Words.is(buf, at[i], len[i], Words.AUTH) ? 1 : Words.is(buf, at[i], len[i], Words.AUTH2) ? 2 : 0;
            }
            return 0;
        }
    }
}
