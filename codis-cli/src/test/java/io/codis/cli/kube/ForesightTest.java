package io.codis.cli.kube;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForesightTest {

    private static final String THERE = "appendonly yes\nhz 20\nmaxclients 700\n";

    @Test
    void whatServersAreGivenWhileTheyRunIsToldByName() {
        assertThat(Foresight.setLive(THERE, "appendonly no\nmaxclients 800\ntimeout 7\n"))
                .containsExactly(
                        "set live at the servers, for which none is restarted: hz = the engine's default, now 20",
                        "set live at the servers, for which none is restarted: maxclients = 800, now 700",
                        "set live at the servers, for which none is restarted: timeout = 7, now the engine's default");
    }

    @Test
    void settingsThatStayAreNotToldOf() {
        assertThat(Foresight.setLive(THERE, THERE)).isEmpty();
        assertThat(Foresight.setLive(THERE, THERE.replace("appendonly yes", "appendonly no")))
                .isEmpty();
    }
}
