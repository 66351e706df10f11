package io.codis.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.local.RunningCluster.Fenced;
import io.codis.cli.local.RunningCluster.Unfenced;
import org.junit.jupiter.api.Test;

class FenceCommandTest {

    @Test
    void theAnswerNamesTheMasterAndWhatEndsTheFence() {
        assertThat(FenceCommand.inWords(new Fenced("server-1-2", 1, true, "server-1-1", 1, true)))
                .isEqualTo("server-1-2 is fenced until you unfence it\nserver-1-1 is the master of group 1");
    }

    @Test
    void itWarnsOfAGroupWithoutAReplicaAndOfAServerThatDoesNotAnswer() {
        assertThat(FenceCommand.inWords(new Fenced("server-1-2", 1, true, "server-1-1", 0, false)))
                .contains(
                        "the group has no replica left that could take over",
                        "server-1-2 does not answer, and is told as soon as it does");
    }

    @Test
    void whatIsSoAlreadyIsSaid() {
        assertThat(FenceCommand.inWords(new Fenced("server-1-2", 1, false, "server-1-1", 1, true)))
                .isEqualTo("server-1-2 is fenced already; nothing was changed");
        assertThat(UnfenceCommand.inWords(new Unfenced("server-1-2", false)))
                .isEqualTo("server-1-2 is not fenced; nothing was changed");
        assertThat(UnfenceCommand.inWords(new Unfenced("server-1-2", true))).contains("takes part again");
    }
}
