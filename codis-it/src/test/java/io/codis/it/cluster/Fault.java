package io.codis.it.cluster;

import io.codis.testkit.ChildProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What is done to one process of a cluster, or to two that do not depend on each other, and when.
 *
 * @param victims as {@code codis status} names them; a server's name is its launcher
 * @param frozen how long they are stopped by SIGSTOP, zero for SIGKILL
 * @param delay after the beginning of the operation
 */
record Fault(List<Victim> victims, Duration frozen, Duration delay) {

    enum Part {
        PROCESS,
        /** The engine below a launcher. */
        ENGINE,
        /** Launcher and engine: to all others the machine is silent. */
        HOST
    }

    record Victim(String name, Part part) {

        boolean isServer() {
            return name.startsWith("server-");
        }

        /** Two of one domain are never hurt together: one proxy and one member of each group must be left. */
        String domain() {
            return isServer() ? name.substring(0, name.lastIndexOf('-')) : name.startsWith("proxy-") ? "proxy" : name;
        }

        private Stream<Long> pids(LocalCluster cluster) {
            return switch (part) {
                case PROCESS -> cluster.pid(name).stream();
                case ENGINE -> cluster.enginePid(name).stream();
                case HOST -> Stream.concat(cluster.pid(name).stream(), cluster.enginePid(name).stream());
            };
        }

        @Override
        public String toString() {
            return part == Part.PROCESS ? name : name + "/" + part.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** @param spared the group that has been hurt already, 0 for none */
    static Fault random(Random random, Operation operation, List<String> processes, int spared) {
        boolean kills = random.nextInt(100) < 55;
        List<Victim> possible = new ArrayList<>(possible(processes, kills));
        possible.removeIf(victim -> victim.domain().equals("server-" + spared));
        Victim first = choose(random, possible);
        List<Victim> victims = new ArrayList<>(List.of(first));
        possible.removeIf(victim -> victim.domain().equals(first.domain()));
        if (random.nextInt(4) == 0) {
            victims.add(choose(random, possible));
        }
        boolean server = victims.stream().anyMatch(Victim::isServer);
        return new Fault(
                List.copyOf(victims), kills ? Duration.ZERO : freeze(random, server), operation.moment(random));
    }

    private static List<Victim> possible(List<String> processes, boolean kills) {
        return processes.stream()
                .flatMap(name -> Stream.of(Part.values())
                        .filter(part -> part == Part.PROCESS || name.startsWith("server-"))
                        // an engine dies with its launcher
                        .filter(part -> part != Part.HOST || !kills)
                        .map(part -> new Victim(name, part)))
                .toList();
    }

    /** The kind first, so that the many servers do not leave the others out. */
    private static Victim choose(Random random, List<Victim> possible) {
        List<String> kinds =
                possible.stream().map(Fault::kind).distinct().sorted().toList();
        String kind = kinds.get(random.nextInt(kinds.size()));
        List<Victim> ofKind =
                possible.stream().filter(victim -> kind(victim).equals(kind)).toList();
        return ofKind.get(random.nextInt(ofKind.size()));
    }

    private static String kind(Victim victim) {
        return (victim.isServer() ? "server" : victim.domain()) + victim.part;
    }

    /** Mostly short; a server now and then for longer than a master's lease. */
    private static Duration freeze(Random random, boolean server) {
        int choice = random.nextInt(server ? 10 : 7);
        return Duration.ofMillis(
                choice < 6
                        ? 300 + random.nextInt(2700)
                        : choice < 8 ? 3000 + random.nextInt(7000) : 11_000 + random.nextInt(6000));
    }

    boolean kills() {
        return frozen.isZero();
    }

    /** Only the control plane is hurt, which nobody needs who asks for nothing. */
    boolean sparesData() {
        return victims.stream()
                .noneMatch(victim -> victim.isServer() || victim.domain().equals("proxy"));
    }

    /** Does it and, when it is for a time only, waits for the end of that; when it was done, milliseconds since 1970. */
    long strike(LocalCluster cluster) {
        LockSupport.parkNanos(delay.toNanos());
        List<Long> pids =
                victims.stream().flatMap(victim -> victim.pids(cluster)).toList();
        long at = System.currentTimeMillis();
        pids.forEach(pid -> ChildProcess.signal(pid, kills() ? "KILL" : "STOP"));
        if (!kills()) {
            long end = System.nanoTime() + frozen.toNanos();
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            pids.forEach(pid -> ChildProcess.signal(pid, "CONT"));
        }
        return at;
    }

    @Override
    public String toString() {
        return (kills() ? "kill " : "freeze " + frozen.toMillis() + " ms ") + victims + " after " + delay.toMillis()
                + " ms";
    }
}
