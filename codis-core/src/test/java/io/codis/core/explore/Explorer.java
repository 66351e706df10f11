package io.codis.core.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Breadth first through every world that a scenario can come to, so that what it finds is a shortest way to it.
 *
 * <p>In each world {@link Checks} must hold, and from each one the cluster must come to rest by its own steps, when
 * nothing more goes wrong and nothing more is asked for.
 */
final class Explorer {

    private static final int LONGEST_END = 400;

    /** @param trace the labels of the steps, empty when nothing was found */
    record Result(int worlds, int topologies, boolean complete, String violation, List<String> trace) {

        boolean found() {
            return !violation.isEmpty();
        }

        @Override
        public String toString() {
            return worlds + " worlds, " + topologies + " topologies, " + (complete ? "complete" : "cut off")
                    + (found() ? ": " + violation + "\n  " + String.join("\n  ", trace) : "");
        }
    }

    /** One world on the way; the world itself is dropped when its steps have been taken. */
    private static final class Node {
        private short[] world;
        private final Node parent;
        private final String label;

        Node(World world, Node parent, String label) {
            this.world = world.pack();
            this.parent = parent;
            this.label = label;
        }

        World take() {
            World taken = World.unpack(world);
            world = null;
            return taken;
        }
    }

    private final Model model;
    private final Scenario scenario;
    private final Checks checks;
    private final ActorSteps actors;
    private final RouteSteps routes;
    private final RoleSteps roles;
    private final Fingerprints seen = new Fingerprints();
    private final Fingerprints ends = new Fingerprints();

    private Explorer(Scenario scenario) {
        this.scenario = scenario;
        this.model = scenario.model();
        this.checks = new Checks(model);
        this.actors = new ActorSteps(model);
        this.routes = new RouteSteps(model, scenario.batch());
        this.roles = new RoleSteps(model);
    }

    /** Stops at the first violation, or after {@code limit} worlds. */
    static Result explore(Scenario scenario, int limit) {
        return new Explorer(scenario).run(limit);
    }

    private Result run(int limit) {
        var frontier = new ArrayDeque<Node>();
        World start = scenario.start(model);
        seen.add(start.fingerprint());
        frontier.add(new Node(start, null, "start"));
        while (!frontier.isEmpty()) {
            Node node = frontier.poll();
            World world = node.take();
            String wrong = checks.violation(world).orElseGet(() -> endless(world));
            if (!wrong.isEmpty()) {
                return result(true, wrong, trace(node));
            }
            if (seen.size() >= limit) {
                return result(false, "", List.of());
            }
            for (var step : steps(world).all) {
                if (seen.add(step.world().fingerprint())) {
                    frontier.add(new Node(step.world(), node, step.label()));
                }
            }
        }
        return result(true, "", List.of());
    }

    private Result result(boolean complete, String violation, List<String> trace) {
        return new Result(seen.size(), model.topologies.count(), complete, violation, trace);
    }

    private Steps steps(World world) {
        var steps = new Steps();
        actors.add(world, steps);
        actors.addLate(world, steps);
        routes.add(world, steps);
        roles.add(world, steps);
        return steps;
    }

    /** Why the cluster does not come to rest from here, empty when it does. */
    private String endless(World from) {
        var way = new ArrayList<Long>();
        var onWay = new Fingerprints();
        World world = from;
        while (way.size() < LONGEST_END) {
            long fingerprint = world.fingerprint();
            if (ends.contains(fingerprint) || atRest(world)) {
                way.forEach(ends::add);
                ends.add(fingerprint);
                return "";
            }
            onWay.add(fingerprint);
            way.add(fingerprint);
            World next = helpful(world, onWay);
            if (next == null) {
                return "the cluster does not come to rest: " + describe(world);
            }
            world = next;
        }
        return "the cluster does not come to rest in " + LONGEST_END + " steps: " + describe(world);
    }

    /** The first step of the cluster itself that leads somewhere new. */
    private World helpful(World world, Fingerprints been) {
        for (var step : steps(world).all) {
            if (!step.fault() && !been.contains(step.world().fingerprint())) {
                return step.world();
            }
        }
        return null;
    }

    private boolean atRest(World world) {
        if (!model.stored(world).quiet()) {
            return false;
        }
        for (int p = 0; p < View.PROXIES; p++) {
            if (world.phase[p] != World.IDLE && !world.hung[p]) {
                return false;
            }
        }
        for (int group = 1; group <= 2; group++) {
            if (world.role[model.stored(world).master[group]] != World.MASTER) {
                return false;
            }
        }
        return true;
    }

    private String describe(World world) {
        View view = model.stored(world);
        return "slots " + view.slot(0) + " " + view.slot(1) + ", groups "
                + view.topology.groups().values();
    }

    private static List<String> trace(Node last) {
        var trace = new ArrayList<String>();
        for (Node node = last; node != null; node = node.parent) {
            trace.add(node.label);
        }
        Collections.reverse(trace);
        return trace;
    }
}
