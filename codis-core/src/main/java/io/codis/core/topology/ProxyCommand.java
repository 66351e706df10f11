package io.codis.core.topology;

import static io.codis.core.topology.Refusal.refuse;

import io.codis.core.problem.Reason;

/** Proxies: registration, admission to barriers and logins, eviction. */
public sealed interface ProxyCommand extends TopologyCommand {

    /** Registers a proxy that is not known. */
    record CreateProxy(ProxyModel model) implements ProxyCommand {

        @Override
        public Topology changed(Topology before) {
            if (before.proxies().containsKey(model.token())) {
                throw refuse(Reason.ALREADY_EXISTS, "proxy-[%s] already exists", model.token());
            }
            return before.withProxy(registered(before, model));
        }
    }

    /**
     * Registers or refreshes a proxy. An admitted proxy that is another process now is evicted first: the login of the old
     * process must be gone before the new one gets its own.
     */
    record OnlineProxy(ProxyModel model) implements ProxyCommand {

        @Override
        public Topology changed(Topology before) {
            ProxyEntry known = before.proxies().get(model.token());
            if (known == null) {
                return before.withProxy(registered(before, model));
            }
            boolean sameProcess = known.model().startTime().equals(model.startTime())
                    && known.model().pid() == model.pid()
                    && known.model().hostname().equals(model.hostname());
            Admission admission = known.admission() instanceof Admission.Admitted admitted && !sameProcess
                    ? admitted.evicted()
                    : known.admission();
            return before.withProxy(new ProxyEntry(known.id(), model, admission));
        }
    }

    /** From now on barriers wait for the proxy; its login carries this change's version. */
    record AdmitProxy(String token) implements ProxyCommand {

        @Override
        public Topology changed(Topology before) {
            ProxyEntry proxy = before.proxy(token);
            long generation = before.nextVersion();
            var next = switch (proxy.admission()) {
                case Admission.Joining joining -> joining.admitted(generation);
                case Admission.Evicted evicted -> evicted.admitted(generation);
                case Admission.Admitted ignored -> throw refuse(Reason.ALREADY_EXISTS, "proxy-[%s] is admitted", token);
            };
            return before.withProxy(proxy.withAdmission(next));
        }
    }

    /** Barriers go on without the proxy, after its login is gone at the masters concerned. */
    record EvictProxy(String token) implements ProxyCommand {

        @Override
        public Topology changed(Topology before) {
            ProxyEntry proxy = before.proxy(token);
            if (!(proxy.admission() instanceof Admission.Admitted admitted)) {
                throw refuse(Reason.NOT_FOUND, "proxy-[%s] isn't admitted", token);
            }
            return before.withProxy(proxy.withAdmission(admitted.evicted()));
        }
    }

    /** Forgets a proxy that is not admitted; its login must be gone at every server before. */
    record RemoveProxy(String token) implements ProxyCommand {

        @Override
        public Topology changed(Topology before) {
            if (before.proxy(token).admitted()) {
                throw refuse(Reason.BUSY, "proxy-[%s] is admitted, evict it first", token);
            }
            return before.withoutProxy(token);
        }
    }

    private static ProxyEntry registered(Topology topology, ProxyModel model) {
        int last = topology.proxies().values().stream()
                .mapToInt(ProxyEntry::id)
                .max()
                .orElse(0);
        return new ProxyEntry(last + 1, model, Admission.JOINING);
    }
}
