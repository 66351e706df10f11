package io.codis.proxy.session;

import io.codis.core.command.Join;
import io.codis.proxy.backend.Backend;
import io.codis.proxy.backend.Pending;
import io.codis.proxy.route.RouteMap;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/** A command that every group answers, with one reply made of theirs. All of them may be repeated without harm. */
final class Fanout {

    private static final long AGAIN = 50_000_000L;

    private final Worker worker;

    Fanout(Worker worker) {
        this.worker = worker;
    }

    void begin(Request request, byte[] command) {
        Collection<RouteMap.Group> groups = worker.routes.map().groups().values();
        if (groups.isEmpty()) {
            request.fail("ERR handle request, slot is not ready, may be offline");
            return;
        }
        All all = new All(request, groups.size());
        for (RouteMap.Group group : groups) {
            new One(all, group.id(), command).send();
        }
    }

    private final class All {
        private final Request request;
        private final List<byte[]> replies = new ArrayList<>();
        private int open;

        All(Request request, int open) {
            this.request = request;
            this.open = open;
        }

        void arrived(byte[] reply) {
            replies.add(reply);
            if (--open > 0) {
                return;
            }
            for (byte[] one : replies) {
                if (one[0] == '-') {
                    request.verb.errors++;
                    worker.errors++;
                    request.answer(one);
                    return;
                }
            }
            request.answer(join(request.verb.command.join()));
        }

        private byte[] join(Join join) {
            return switch (join) {
                case SUM ->
                    Replies.integer(replies.stream().mapToLong(All::number).sum());
                case LEAST -> least();
                case SAME, NONE, ELEMENTS, CURSOR -> replies.getFirst();
            };
        }

        private static long number(byte[] reply) {
            return Long.parseLong(new String(reply, 1, reply.length - 3, StandardCharsets.US_ASCII));
        }

        private byte[] least() {
            List<String[]> all = replies.stream()
                    .map(reply -> new String(reply, StandardCharsets.US_ASCII).split("\r\n"))
                    .toList();
            StringBuilder out = new StringBuilder(all.getFirst()[0]).append("\r\n");
            for (int i = 1; i < all.getFirst().length; i++) {
                int at = i;
                long least = all.stream()
                        .mapToLong(lines -> Long.parseLong(lines[at].substring(1)))
                        .min()
                        .orElse(0);
                out.append(':').append(least).append("\r\n");
            }
            return Replies.ascii(out.toString());
        }
    }

    /** One group's share. */
    private final class One extends Pending {
        private final All all;
        private final int group;
        private final byte[] command;
        private final ByteArrayOutputStream reply = new ByteArrayOutputStream();

        One(All all, int group, byte[] command) {
            this.all = all;
            this.group = group;
            this.command = command;
        }

        void send() {
            RouteMap.Group known = worker.routes.map().groups().get(group);
            if (known == null) {
                all.arrived(Replies.error("ERR handle request, group " + group + " is gone"));
                return;
            }
            Backend backend = worker.backends.at(known.master()).channel(all.request.channel);
            if (backend.takes()) {
                backend.give(this, command, 0, command.length);
            } else {
                later(known.master() + " is not available");
            }
        }

        private void later(String why) {
            if (all.request.deadline() - worker.loop.now() <= 0) {
                all.arrived(Replies.error("ERR handle request, server " + why));
            } else {
                worker.loop.after(AGAIN, this::send);
            }
        }

        @Override
        protected void onReply(byte[] bytes, int from, int size, boolean last) {
            reply.write(bytes, from, size);
            if (last) {
                all.arrived(reply.toByteArray());
            }
        }

        @Override
        protected void onError(Backend backend, byte[] line, int from, int size) {
            if (Replies.meansNotExecuted(line, from, size)) {
                later(new String(line, from, size, StandardCharsets.UTF_8).strip());
            } else {
                onReply(line, from, size, true);
            }
        }

        @Override
        protected void onLost(Backend backend, boolean sent, String why) {
            reply.reset();
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
