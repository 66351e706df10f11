package io.codis.core.plan;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One thing to do. Doing it again when it is done already changes nothing. */
public sealed interface Step {

    /** For people, such as {@code start server-1-2}. */
    default String text() {
        return text(MemberId::toString);
    }

    /** The same where servers have other names. */
    String text(Function<MemberId, String> names);

    /** Done by a call to the dashboard, or by waiting for what it reports; the same on every runtime. */
    sealed interface ForDashboard extends Step {}

    /** Done to processes or pods. */
    sealed interface ForRuntime extends Step {}

    /** Starts the process; does not wait until it serves. */
    record StartPart(Part part) implements ForRuntime {
        @Override
        public String text(Function<MemberId, String> names) {
            return "start " + part;
        }
    }

    record StopPart(Part part) implements ForRuntime {
        @Override
        public String text(Function<MemberId, String> names) {
            return "stop " + part;
        }
    }

    /** Starts the launcher; does not wait until it serves. The engine starts fenced. */
    record StartServer(MemberId member) implements ForRuntime {
        @Override
        public String text(Function<MemberId, String> names) {
            return "start " + names.apply(member);
        }
    }

    /** Ends a server and starts it as it is wanted now, with its data. It comes back fenced and gets its role again. */
    record RestartServer(MemberId member) implements ForRuntime {
        @Override
        public String text(Function<MemberId, String> names) {
            return "restart " + names.apply(member);
        }
    }

    /** Starts the process; does not wait until it serves. */
    record StartProxy(int ordinal) implements ForRuntime {
        @Override
        public String text(Function<MemberId, String> names) {
            return "start proxy-" + ordinal;
        }
    }

    record AwaitDashboard() implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "wait until the dashboard leads";
        }
    }

    record CreateGroup(int group) implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "create group " + group;
        }
    }

    /** The first server of a new group becomes its master, the others replicate from it. */
    record AddServer(MemberId member) implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "add " + names.apply(member) + " to group " + member.group();
        }
    }

    /** Waits until the group has a master and every other member is in sync with it. */
    record AwaitInSync(int group) implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "wait until all of group " + group + " are in sync";
        }
    }

    record AwaitProxy(int ordinal) implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "wait until proxy-" + ordinal + " serves";
        }
    }

    /** Asks for moves that even the slots out over all groups, offline ones included; does not wait for them. */
    record Rebalance() implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "spread the slots evenly over all groups";
        }
    }

    record AwaitMoves() implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "wait until no slot moves";
        }
    }

    /**
     * Asks for moves that take all slots away from some groups, evenly to all others; does not wait for them.
     *
     * @param slots how many these are
     */
    record Drain(SortedSet<Integer> groups, int slots) implements ForDashboard {

        public Drain {
            groups = Collections.unmodifiableSortedSet(new TreeSet<>(groups));
        }

        @Override
        public String text(Function<MemberId, String> names) {
            return "move all " + slots + " slots away from group"
                    + (groups.size() == 1 ? " " : "s ")
                    + groups.stream().map(String::valueOf).collect(Collectors.joining(", "));
        }
    }

    /** Fails unless the group owns no slot and its master holds no key. */
    record VerifyEmpty(int group) implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "check that group " + group + " owns no slot and holds no key";
        }
    }

    /** A planned switchover: clients wait, nothing is lost, the old master becomes a replica. */
    record SwitchOver(MemberId to) implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "make " + names.apply(to) + " the master of group " + to.group();
        }
    }

    /** The dashboard forgets the server; its process goes on, fenced. */
    record RemoveServer(MemberId member) implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "take " + names.apply(member) + " out of group " + member.group();
        }
    }

    record RemoveGroup(int group) implements ForDashboard {
        @Override
        public String text(Function<MemberId, String> names) {
            return "remove group " + group;
        }
    }

    /** Stops a server that is in no group and removes its data, so that nothing comes back with its volume. */
    record DiscardServer(MemberId member) implements ForRuntime {
        @Override
        public String text(Function<MemberId, String> names) {
            return "stop " + names.apply(member) + " and remove its data";
        }
    }

    /** The proxy is told to stop and forgotten; its clients reconnect elsewhere. */
    record RemoveProxy(int ordinal) implements ForRuntime {
        @Override
        public String text(Function<MemberId, String> names) {
            return "remove proxy-" + ordinal;
        }
    }
}
