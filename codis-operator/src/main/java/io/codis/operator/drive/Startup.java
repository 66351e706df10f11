package io.codis.operator.drive;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether a server of which nothing is heard may come up by itself. */
final class Startup {

    /** Reading a large file of data takes minutes; what takes longer may just as well never end. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private Startup() {}

    /** It runs, for not so long, and has not ended soon after its start the time before. */
    static boolean underWay(Pod pod, Instant now) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && ServerPods.engine(pod)
                        .filter(engine -> underWay(engine, now))
                        .isPresent();
    }

    private static boolean underWay(ContainerStatus engine, Instant now) {
        boolean young = Optional.ofNullable(engine.getState())
                .map(ContainerState::getRunning)
                .filter(running -> Duration.between(Instant.parse(running.getStartedAt()), now)
                                .compareTo(LONGEST)
                        < 0)
                .isPresent();
        return young
                && Optional.ofNullable(engine.getLastState())
                        .map(ContainerState::getTerminated)
                        .filter(Startup::shortLived)
                        .isEmpty();
    }

    private static boolean shortLived(ContainerStateTerminated before) {
        return before.getStartedAt() == null
                || before.getFinishedAt() == null
                || Duration.between(Instant.parse(before.getStartedAt()), Instant.parse(before.getFinishedAt()))
                                .compareTo(LONGEST)
                        < 0;
    }
}
