package io.codis.core.explore;

import java.util.Arrays;

/**
 * One state of everything. Arrays of small numbers, so that it is cheap to copy and to compare; servers, slots and proxies
 * are numbered as in {@link View}.
 */
final class World {

    static final int FENCED = 0;
    static final int MASTER = 1;
    static final int REPLICA = 2;

    /** What an actor is doing for one slot; actors are the proxies and, last, the dashboard's mover. */
    static final int IDLE = 0;
    /** Before the copy at the source. */
    static final int COPY = 1;
    /** The key is at the target; its candidates have not all acknowledged it. */
    static final int COPIED = 2;
    /** The removal was sent to the source. */
    static final int REMOVE = 3;
    /** Removed; the source's candidates have not all acknowledged it. */
    static final int REMOVED = 4;
    /** The request itself was sent to the master. */
    static final int SENT = 5;
    /** The master has executed it; its candidates have not all acknowledged it. */
    static final int EXECUTED = 6;

    static final int ACTORS = View.PROXIES + 1;
    static final int MOVER = View.PROXIES;
    /** A proxy's request for a key: what it writes. */
    static final int SET = 1;

    static final int DEL = 2;

    static final int QUEUE = 6;

    /** The stored topology. */
    int topology;

    // proxies
    final int[] table = new int[View.PROXIES];
    /** A table that is long under way, -1 without one. */
    final int[] late = {-1, -1};
    /** It does nothing any more; what it has sent is still under way. */
    final boolean[] hung = new boolean[View.PROXIES];

    // actors
    final int[] phase = new int[ACTORS];
    final int[] slot = new int[ACTORS];
    final int[] kind = new int[ACTORS];
    final int[] from = new int[ACTORS];
    final int[] to = new int[ACTORS];
    final int[] login = new int[ACTORS];
    /** The table (or stored topology) that the actor began under. */
    final int[] under = new int[ACTORS];

    final int[] done = new int[ACTORS];
    /** Epoch and run of the engine that executed the last step; an acknowledgement counts only there. */
    final int[] mark = new int[ACTORS];
    /** The move login that this actor has seen an I/O error with, 0 without one. */
    final int[] broken = new int[ACTORS];

    // servers
    final int[] role = new int[View.SERVERS];
    final int[] master = {-1, -1, -1, -1};
    final int[] epoch = new int[View.SERVERS];
    final int[] promised = new int[View.SERVERS];
    final int[] dataEpoch = new int[View.SERVERS];
    final int[] offset = new int[View.SERVERS];
    /** Of the role of master that the engine gave up in good order, 0 without and from the next role on. */
    final int[] whole = new int[View.SERVERS];

    final boolean[] unbroken = {true, true, true, true};
    final int[] runs = new int[View.SERVERS];
    final boolean[] isolated = new boolean[View.SERVERS];
    final int[] control = new int[View.SERVERS];
    /** Value of each slot's key; 0 when there is none. */
    final int[][] value = new int[View.SERVERS][View.SLOTS];
    /** What a replica has not yet been given by its master: slot * 16 + value, oldest first, -1 behind the last. */
    final int[][] queue = new int[View.SERVERS][QUEUE];

    final int[][] users = new int[View.SERVERS][View.PROXIES];
    /** At a target: n of the move login of the other group that may enter, 0 for none. */
    final int[] moveUser = new int[View.SERVERS];
    /** A login that was left behind when the next one was made, 0 without one. */
    final int[] oldMoveUser = new int[View.SERVERS];
    /** At a source: n of the move login with which a MIGRATE has failed in this run, 0 for none. */
    final int[] failedMove = new int[View.SERVERS];

    // network: a RESTORE {login, server, slot, value} and a mover's UNLINK {leader, server, slot}, server -1 without
    // one
    final int[] lateCopy = {0, -1, 0, 0};
    final int[] lateRemoval = {0, -1, 0};

    // what happened, seen from outside
    /** Writes executed on each key; the number of a write is the value that it sets. */
    final int[] writes = {1, 1};
    /** Bit n: write n was a removal. */
    final int[] removals = new int[View.SLOTS];
    /** The last write that a client was told of. */
    final int[] acknowledged = {1, 1};

    // how much may still go wrong or be asked for
    final int[] budget = new int[Budget.values().length];

    World() {
        for (int[] q : queue) {
            Arrays.fill(q, -1);
        }
    }

    World copy() {
        var copy = new World();
        copy.topology = topology;
        int[][] mine = all;
        int[][] theirs = copy.all;
        for (int i = 0; i < mine.length; i++) {
            System.arraycopy(mine[i], 0, theirs[i], 0, mine[i].length);
        }
        for (int i = 0; i < flags.length; i++) {
            System.arraycopy(flags[i], 0, copy.flags[i], 0, flags[i].length);
        }
        return copy;
    }

    private final int[][] all = arrays();
    private final boolean[][] flags = {hung, unbroken, isolated};

    private int[][] arrays() {
        return new int[][] {
            table,
            late,
            phase,
            slot,
            kind,
            from,
            to,
            login,
            under,
            done,
            mark,
            broken,
            role,
            master,
            epoch,
            promised,
            dataEpoch,
            offset,
            whole,
            runs,
            control,
            value[0],
            value[1],
            value[2],
            value[3],
            queue[0],
            queue[1],
            queue[2],
            queue[3],
            users[0],
            users[1],
            users[2],
            users[3],
            moveUser,
            oldMoveUser,
            failedMove,
            lateCopy,
            lateRemoval,
            writes,
            removals,
            acknowledged,
            budget
        };
    }

    /** Everything, small; a frontier holds a million of these. */
    short[] pack() {
        int length = 1 + 2 * View.SERVERS + View.PROXIES;
        for (int[] array : all) {
            length += array.length;
        }
        var packed = new short[length];
        int at = 0;
        packed[at++] = (short) topology;
        for (int[] array : all) {
            for (int i : array) {
                packed[at++] = (short) i;
            }
        }
        for (boolean[] array : flags) {
            for (boolean b : array) {
                packed[at++] = (short) (b ? 1 : 0);
            }
        }
        return packed;
    }

    static World unpack(short[] packed) {
        var world = new World();
        int at = 0;
        world.topology = packed[at++];
        for (int[] array : world.all) {
            for (int i = 0; i < array.length; i++) {
                array[i] = packed[at++];
            }
        }
        for (boolean[] array : world.flags) {
            for (int i = 0; i < array.length; i++) {
                array[i] = packed[at++] == 1;
            }
        }
        return world;
    }

    /** 64 bits of everything; any two of a million worlds share one by a chance of one in thirty million. */
    long fingerprint() {
        long hash = mix(0x9E3779B97F4A7C15L, topology);
        for (int[] array : all) {
            for (int i : array) {
                hash = mix(hash, i);
            }
        }
        for (boolean[] array : flags) {
            for (boolean b : array) {
                hash = mix(hash, b ? 1 : 0);
            }
        }
        return hash == 0 ? 1 : hash;
    }

    private static long mix(long hash, int i) {
        long h = (hash ^ i) * 0xBF58476D1CE4E5B9L;
        h ^= h >>> 29;
        h *= 0x94D049BB133111EBL;
        return h ^ (h >>> 32);
    }

    boolean spend(Budget what) {
        if (budget[what.ordinal()] == 0) {
            return false;
        }
        budget[what.ordinal()]--;
        return true;
    }

    boolean left(Budget what) {
        return budget[what.ordinal()] > 0;
    }

    /** An actor has ended what it did; the fields of an idle one say nothing, so they are equal. */
    void idle(int actor) {
        phase[actor] = IDLE;
        slot[actor] = 0;
        kind[actor] = 0;
        from[actor] = 0;
        to[actor] = 0;
        login[actor] = 0;
        under[actor] = 0;
        done[actor] = 0;
        mark[actor] = 0;
    }

    /** The engine as it runs in its present role. */
    int mark(int server) {
        return epoch[server] * 8 + runs[server];
    }

    boolean queueEmpty(int server) {
        return queue[server][0] < 0;
    }

    /** The replica follows this master and has everything that it did. */
    boolean caughtUp(int replica, int of) {
        return role[replica] == REPLICA && master[replica] == of && queueEmpty(replica);
    }

    /** Every server of the mask has everything that {@code of} did. */
    boolean acknowledgedBy(int mask, int of) {
        for (int s = 0; s < View.SERVERS; s++) {
            if ((mask & 1 << s) != 0 && !caughtUp(s, of)) {
                return false;
            }
        }
        return true;
    }

    /** A change at a master, and in the stream to its replicas. */
    void write(int server, int slotId, int newValue) {
        value[server][slotId] = newValue;
        offset[server]++;
        for (int r = 0; r < View.SERVERS; r++) {
            if (role[r] == REPLICA && master[r] == server) {
                push(r, slotId * 16 + newValue);
            }
        }
    }

    private void push(int replica, int entry) {
        for (int i = 0; i < QUEUE; i++) {
            if (queue[replica][i] < 0) {
                queue[replica][i] = entry;
                return;
            }
        }
        throw new IllegalStateException("the model's replication stream is too short");
    }

    /** A move of this login may write here. */
    boolean admits(int server, int moveLogin) {
        return role[server] == MASTER && (moveUser[server] == moveLogin || oldMoveUser[server] == moveLogin);
    }

    /** The replica takes the oldest change that is under way to it. */
    void replicate(int replica) {
        int entry = queue[replica][0];
        System.arraycopy(queue[replica], 1, queue[replica], 0, QUEUE - 1);
        queue[replica][QUEUE - 1] = -1;
        value[replica][entry / 16] = entry % 16;
        offset[replica]++;
    }

    /** The replica takes everything that its master has. */
    void synchronise(int replica, int with) {
        role[replica] = REPLICA;
        master[replica] = with;
        Arrays.fill(queue[replica], -1);
        System.arraycopy(value[with], 0, value[replica], 0, View.SLOTS);
        offset[replica] = offset[with];
        unbroken[replica] = true;
        whole[replica] = 0;
    }

    /** What is under way from the master is lost; what has arrived stays. */
    void detach(int replica) {
        master[replica] = -1;
        Arrays.fill(queue[replica], -1);
    }

    /** The engine is a replica of nowhere; its replicas keep what they have, and what is on its way to them is lost. */
    void fence(int server) {
        role[server] = FENCED;
        detach(server);
        for (int r = 0; r < View.SERVERS; r++) {
            if (master[r] == server) {
                detach(r);
            }
        }
    }
}
