package io.codis.cli.local;

import java.util.List;

/**
 * A cluster as its user sees it; the same for people, JSON and YAML.
 *
 * @param generation of the specification; raised by every change
 * @param reached the generation that has been carried out last
 * @param message what is being done, or what is wrong; empty when ready
 */
public record ClusterStatus(
        String name,
        String product,
        Phase phase,
        String message,
        long generation,
        long reached,
        Endpoint dashboard,
        Endpoint fe,
        SlotCount slots,
        List<GroupStatus> groups,
        List<ProxyStatus> proxies,
        List<ProcessStatus> processes) {

    /** Where it is. */
    public enum Phase {
        STARTING("Starting"),
        READY("Ready"),
        CHANGING("Changing"),
        DEGRADED("Degraded"),
        INVALID("Invalid"),
        STOPPING("Stopping");

        private final String word;

        Phase(String word) {
            this.word = word;
        }

        /** As people and programs see it. */
        @com.fasterxml.jackson.annotation.JsonValue
        public String word() {
            return word;
        }
    }

    /** @param url empty if there is none */
    public record Endpoint(String url, boolean up) {}

    /**
     * Of 1024.
     *
     * @param keysPerSecond with the slots that move
     * @param secondsLeft until all of them have moved, -1 if unknown
     */
    public record SlotCount(int assigned, int moving, int offline, long keysPerSecond, long secondsLeft) {}

    public record GroupStatus(int id, int slots, List<ServerStatus> servers) {}

    /**
     * @param role master or replica
     * @param state serving, in sync, catching up, fenced by a person, or what is wrong
     * @param keys -1 if unknown
     * @param usedMemory bytes, -1 if unknown
     */
    public record ServerStatus(String name, String address, String role, String state, long keys, long usedMemory) {

        static final String FENCED = "fenced by a person";

        /** Whoever is fenced is away on purpose. */
        boolean good() {
            return state.equals("serving") || state.equals("in sync") || state.startsWith(FENCED);
        }
    }

    /** @param state serving, or what is wrong */
    public record ProxyStatus(String name, String address, String state, long qps) {

        boolean good() {
            return state.equals("serving");
        }
    }

    /** Nothing is missing, whatever the phase. */
    public boolean whole() {
        return dashboard.up()
                && slots.offline() == 0
                && groups.stream().allMatch(group -> group.servers().stream().allMatch(ServerStatus::good))
                && proxies.stream().allMatch(ProxyStatus::good);
    }
}
