package io.codis.server.role;

import io.codis.server.engine.EngineControl;
import io.codis.server.engine.EngineRun;
import io.codis.server.engine.EngineSupervisor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the engine a replica of nowhere, or ends it. */
public final class Fencer {

    private static final Logger LOG = LoggerFactory.getLogger(Fencer.class);
    private static final Duration OBEDIENCE = Duration.ofMillis(400);
    private static final Duration DEATH = Duration.ofSeconds(5);

    private final EngineSupervisor supervisor;
    private final EngineControl control;
    private final Runnable before;

    Fencer(EngineSupervisor supervisor, EngineControl control, Runnable before) {
        this.supervisor = supervisor;
        this.control = control;
        this.before = before;
    }

    /** When it returns, the engine takes no writes: it says that it is fenced, or it has ended. */
    public void fence(String why) {
        before.run();
        EngineRun run = supervisor.current();
        if (run == null) {
            return;
        }
        if (obeys(run)) {
            LOG.info("fenced pid={} why=\"{}\"", run.pid(), why);
            return;
        }
        LOG.warn("engine does not obey and is killed pid={} why=\"{}\"", run.pid(), why);
        while (!run.killAndWait(DEATH)) {
            LOG.error("engine survives SIGKILL; its disk may hang pid={}", run.pid());
        }
    }

    private boolean obeys(EngineRun run) {
        var answer = new CompletableFuture<Boolean>();
        Thread.ofVirtual().name("fence").start(() -> answer.complete(control.fence(run.number())));
        try {
            return answer.get(OBEDIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
