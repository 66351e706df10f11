package io.codis.dashboard.role;

import io.codis.core.failover.Promotion;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Topology;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.rest.RoleService;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loop for each group, from the start of leading to its end. */
public final class Roles implements RoleService, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Roles.class);
    private static final Duration PLANNED = Duration.ofSeconds(30);
    private static final Duration FORCED = Duration.ofSeconds(60);

    private final RoleEnvironment environment;
    private final Fencing fencing;
    private final Strangers strangers = new Strangers();
    private final Map<Integer, Running> loops = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private record Running(GroupLoop loop, Thread roles, Thread leases) {

        void stop() {
            roles.interrupt();
            leases.interrupt();
        }
    }

    private Roles(RoleEnvironment environment) {
        this.environment = environment;
        this.fencing = new Fencing(environment);
    }

    /** Begins to give roles, as the leader of {@code environment.state()}. */
    public static Roles start(RoleEnvironment environment) {
        var roles = new Roles(environment);
        environment.state().onChange(roles::follow);
        environment.state().onDeposed(roles::close);
        roles.follow(environment.state().topology());
        return roles;
    }

    @Override
    public void switchover(int gid, String address) {
        await(loop(gid).wish(address, Promotion.Kind.SWITCHOVER), PLANNED);
    }

    @Override
    public void acceptLoss(int gid, String address) {
        await(loop(gid).wish(address, Promotion.Kind.FORCED), FORCED);
    }

    @Override
    public Left acceptLoss(int gid) {
        ServerState left = loop(gid).mostLeft();
        acceptLoss(gid, left.address());
        return new Left(left.address(), left.keys());
    }

    @Override
    public Fenced fence(int gid, String address) {
        return fencing.fence(loop(gid), address, heir -> switchover(gid, heir));
    }

    @Override
    public boolean unfence(int gid, String address) {
        boolean changed = fencing.unfence(gid, address);
        attach(gid);
        return changed;
    }

    @Override
    public void attach(int gid) {
        loop(gid).wake();
    }

    @Override
    public void close() {
        closed = true;
        loops.values().forEach(Running::stop);
    }

    private GroupLoop loop(int gid) {
        Running running = loops.get(gid);
        if (running == null) {
            throw new CodisException(Reason.NOT_FOUND, "group-[" + gid + "] doesn't exist");
        }
        return running.loop();
    }

    private void follow(Topology topology) {
        if (closed) {
            return;
        }
        topology.groups()
                .forEach((gid, group) ->
                        loops.computeIfAbsent(gid, this::begin).loop().changed(group));
        loops.entrySet().removeIf(entry -> {
            boolean gone = !topology.groups().containsKey(entry.getKey());
            if (gone) {
                entry.getValue().stop();
                strangers.gone(entry.getKey());
            }
            return gone;
        });
    }

    private Running begin(int gid) {
        var loop = new GroupLoop(gid, environment, strangers);
        return new Running(
                loop,
                Thread.ofVirtual().name("role-group-" + gid).start(() -> guarded(gid, loop::run)),
                Thread.ofVirtual().name("lease-group-" + gid).start(() -> guarded(gid, loop.leases()::run)));
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private static void guarded(int gid, Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            LOG.debug("event=role-loop-ends group={}", gid);
        } catch (RuntimeException e) {
            LOG.error("event=role-loop-died group={}", gid, e);
        }
    }

    private static void await(CompletableFuture<Boolean> done, Duration atMost) {
        try {
            done.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CodisException refused
                    ? refused
                    : new CodisException(Reason.INTERNAL, "promotion failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new CodisException(Reason.TIMED_OUT, "the promotion is still under way after " + atMost, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted while the promotion was under way", e);
        }
    }
}
