package io.codis.proxy.session;

import io.codis.core.slot.SlotHash;
import io.codis.proxy.backend.Backend;
import io.codis.proxy.backend.Pending;
import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.ReplyScanner;
import io.codis.proxy.engine.RequestScanner;
import io.codis.proxy.route.RouteMap;
import io.codis.proxy.route.RouteMap.Entry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * SCAN over all groups, one after another, sources of moves before their targets: a key that moves while the scan is
 * under way is met at one of both places at least.
 *
 * <p>The client's cursor says where: 10 bits for the place in the order of groups, 16 bits that stand for the routing
 * and the server's process, 37 bits of the server's own cursor (2^37 buckets). When the middle part does not fit any
 * more, because slots changed owner or the server is another one, the scan begins anew: its contract allows keys to
 * come twice, but none to be missed.
 */
final class Scan {

    private static final int CURSOR_BITS = 37;
    private static final int MARK_BITS = 16;
    private static final long CURSOR_MASK = (1L << CURSOR_BITS) - 1;
    private static final long MARK_MASK = (1L << MARK_BITS) - 1;
    private static final int MOST_PLACES = 1 << 10;
    private static final long AGAIN = 20_000_000L;

    private final Worker worker;
    private RouteMap known = RouteMap.empty();
    private List<Integer> knownOrder = List.of();
    private int knownHash;

    Scan(Worker worker) {
        this.worker = worker;
    }

    /** The routing in force; what scans need of it is worked out once for each. */
    private RouteMap current() {
        RouteMap map = worker.routes.map();
        if (map != known) {
            known = map;
            knownOrder = order(map);
            knownHash = map.entries().hashCode();
        }
        return map;
    }

    void begin(Request request, byte[] bytes, RequestScanner call) {
        String text = LocalCommands.text(bytes, call, 1);
        long cursor;
        try {
            cursor = Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            request.verb.errors++;
            worker.errors++;
            request.answer(Replies.error("ERR invalid cursor"));
            return;
        }
        List<byte[]> options = new ArrayList<>();
        for (int i = 2; i < call.items(); i++) {
            options.add(LocalCommands.argument(bytes, call, i));
        }
        new Step(request, cursor, options).send();
    }

    /** The groups in the order of the scan. Where moves go round in a circle, twice: the second time meets what went back. */
    static List<Integer> order(RouteMap map) {
        List<Integer> open = new ArrayList<>(map.groups().keySet());
        List<Integer> order = new ArrayList<>();
        while (!open.isEmpty()) {
            List<Integer> free =
                    open.stream().filter(group -> !isTarget(map, group, open)).toList();
            if (free.isEmpty()) {
                order.addAll(open);
                order.addAll(open);
                break;
            }
            order.addAll(free);
            open.removeAll(free);
        }
        return order;
    }

    private static boolean isTarget(RouteMap map, int group, List<Integer> sources) {
        return map.entries().stream()
                .anyMatch(entry -> entry.group() == group && entry.source() != 0 && sources.contains(entry.source()));
    }

    /** One call of SCAN at one server. */
    private final class Step extends Pending {
        private final Request request;
        private final long asked;
        private final List<byte[]> options;
        private final ByteArrayOutputStream reply = new ByteArrayOutputStream();
        private RouteMap map = RouteMap.empty();
        private List<Integer> order = List.of();
        private int hash;
        private int place;
        private long mark;

        Step(Request request, long asked, List<byte[]> options) {
            this.request = request;
            this.asked = asked;
            this.options = options;
        }

        void send() {
            reply.reset();
            map = current();
            order = knownOrder;
            hash = knownHash;
            if (order.isEmpty() || order.size() > MOST_PLACES) {
                request.fail("ERR handle request, slot is not ready, may be offline");
                return;
            }
            place = (int) (asked >>> (CURSOR_BITS + MARK_BITS));
            Backend backend = place < order.size() ? connection(order.get(place)) : null;
            if (backend == null || (asked != 0 && ((asked >>> CURSOR_BITS) & MARK_MASK) != mark(backend))) {
                place = 0;
                backend = connection(order.getFirst());
                give(backend, 0);
            } else {
                give(backend, asked & CURSOR_MASK);
            }
        }

        private Backend connection(int group) {
            RouteMap.Group known = Objects.requireNonNull(map.groups().get(group));
            return worker.backends.at(known.master()).channel(request.channel);
        }

        /** Cursors of a server mean nothing to another process, and places nothing under other routes. */
        private long mark(Backend backend) {
            return Objects.hash(
                            hash, backend.server().address(), backend.server().runId())
                    & MARK_MASK;
        }

        private void give(Backend backend, long cursor) {
            int group = order.get(place);
            if (!backend.takes() || isLocked(group)) {
                later(backend.server() + " is not available");
                return;
            }
            mark = mark(backend);
            ByteArrayOutputStream command = new ByteArrayOutputStream();
            command.writeBytes(Replies.ascii("*" + (2 + options.size()) + "\r\n$4\r\nSCAN\r\n"));
            command.writeBytes(Replies.bulk(Long.toString(cursor)));
            options.forEach(option -> Replies.bulk(command, option, 0, option.length));
            backend.give(this, command.toByteArray(), 0, command.size());
        }

        /** All slots of a group that changes its master are locked. */
        private boolean isLocked(int group) {
            boolean any = false;
            for (Entry entry : map.entries()) {
                if (entry.group() == group || entry.source() == group) {
                    if (!entry.locked()) {
                        return false;
                    }
                    any = true;
                }
            }
            return any;
        }

        private void later(String why) {
            if (request.session == null) {
                request.finish();
            } else if (request.deadline() - worker.loop.now() <= 0) {
                request.fail("ERR handle request, server " + why);
            } else {
                worker.loop.after(AGAIN, this::send);
            }
        }

        @Override
        protected void onReply(byte[] bytes, int from, int size, boolean last) {
            reply.write(bytes, from, size);
            if (last) {
                try {
                    arrived(reply.toByteArray());
                } catch (ProtocolException | RuntimeException e) {
                    request.fail("ERR handle response, bad scan resp: " + e.getMessage());
                }
            }
        }

        /** {@code *2 $n cursor *m keys}. */
        private void arrived(byte[] bytes) throws ProtocolException {
            int at = lineEnd(bytes, 0);
            int cursorAt = lineEnd(bytes, at);
            int cursorEnd = lineEnd(bytes, cursorAt);
            long next = Long.parseUnsignedLong(
                    new String(bytes, cursorAt, cursorEnd - 2 - cursorAt, StandardCharsets.US_ASCII));
            if (next > CURSOR_MASK) {
                throw new ProtocolException("cursor " + next + " is too large");
            }
            int keysAt = lineEnd(bytes, cursorEnd);
            List<byte[]> keys = own(bytes, keysAt);
            ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 32);
            out.writeBytes(Replies.ascii("*2\r\n"));
            out.writeBytes(Replies.bulk(Long.toString(cursorAfter(next))));
            out.writeBytes(Replies.ascii("*" + keys.size() + "\r\n"));
            keys.forEach(out::writeBytes);
            request.answer(out.toByteArray());
        }

        private long cursorAfter(long next) {
            int at = place;
            long markThen = mark;
            if (next == 0) {
                at++;
                if (at == order.size()) {
                    return 0;
                }
                markThen = mark(connection(order.get(at)));
            }
            return (long) at << (CURSOR_BITS + MARK_BITS) | markThen << CURSOR_BITS | next;
        }

        /** Keys of slots that the group neither owns nor gives away are leftovers. */
        private List<byte[]> own(byte[] bytes, int from) throws ProtocolException {
            int group = order.get(place);
            List<byte[]> keys = new ArrayList<>();
            ReplyScanner scanner = new ReplyScanner();
            int at = from;
            while (at < bytes.length) {
                int end = scanner.scan(bytes, at, bytes.length);
                int key = lineEnd(bytes, at);
                Entry entry = map.entries().get(SlotHash.slotOf(bytes, key, end - 2 - key));
                if (entry.group() == group || entry.source() == group) {
                    keys.add(Arrays.copyOfRange(bytes, at, end));
                }
                at = end;
            }
            return keys;
        }

        private static int lineEnd(byte[] bytes, int from) {
            int at = from;
            while (bytes[at] != '\n') {
                at++;
            }
            return at + 1;
        }

        @Override
        protected void onError(Backend backend, byte[] line, int from, int size) {
            if (Replies.meansNotExecuted(line, from, size)) {
                later(backend.server() + " answers " + new String(line, from, size, StandardCharsets.UTF_8).strip());
                return;
            }
            request.verb.errors++;
            worker.errors++;
            request.answer(Arrays.copyOfRange(line, from, from + size));
        }

        @Override
        protected void onLost(Backend backend, boolean sent, String why) {
            later(backend.server() + " is not available: " + why);
        }

        @Override
        protected boolean mayWrite() {
            return false;
        }

        @Override
        protected void addSlotsTo(BitSet slots) {}
    }
}
