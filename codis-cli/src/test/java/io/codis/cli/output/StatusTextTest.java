package io.codis.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.ClusterStatus.Endpoint;
import io.codis.cli.local.ClusterStatus.GroupStatus;
import io.codis.cli.local.ClusterStatus.Phase;
import io.codis.cli.local.ClusterStatus.ProxyStatus;
import io.codis.cli.local.ClusterStatus.ServerStatus;
import io.codis.cli.local.ClusterStatus.SlotCount;
import io.codis.cli.local.ProcessStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTextTest {

    @Test
    void onKubernetesNoColumnSaysNothingOrTheSameAgain() {
        assertThat(text("c-0", "c-0.c-service.shop.svc:6379", 0)).isEqualTo("""
                ✔ c  Ready

                ✔ dashboard  http://d
                ✔ group 1    c-0 master
                ✔ proxy      p:19000   1024/1024 slots

                slots  1024 assigned, 0 moving, 0 offline

                SERVER  GROUP  SLOTS  ROLE    STATE    KEYS  MEMORY
                c-0     1      1024   master  serving  7     1.0 MiB

                PROCESS  STATE    RESTARTS
                c-0      running  0
                """);
    }

    @Test
    void onOneMachineServersHaveAddressesAndProcessesNumbers() {
        assertThat(text("server-1-1", "127.0.0.1:6381", 42))
                .contains(
                        "server-1-1  127.0.0.1:6381  1  ",
                        "group 1    127.0.0.1:6381 master",
                        "PROCESS     PID  STATE    RESTARTS\nserver-1-1  42   running  0\n");
    }

    @Test
    void whileSlotsMoveItIsSaidHowFastAndForHowLong() {
        assertThat(text("c-0", "c-0:1", 0, new SlotCount(1024, 7, 0, 1200, 35)))
                .contains("1024 assigned, 7 moving (1200 keys/s, about 35 s left), 0 offline");
        assertThat(text("c-0", "c-0:1", 0, new SlotCount(1024, 7, 0, 1200, -1))).contains("7 moving (1200 keys/s), 0");
        assertThat(text("c-0", "c-0:1", 0, new SlotCount(1024, 7, 0, 0, -1))).contains("7 moving, 0");
    }

    private static String text(String name, String address, long pid) {
        return text(name, address, pid, new SlotCount(1024, 0, 0, 0, -1));
    }

    private static String text(String name, String address, long pid, SlotCount slots) {
        var server = new ServerStatus(name, address, "master", "serving", 7, 1 << 20);
        var status = new ClusterStatus(
                "c",
                "c",
                Phase.READY,
                "",
                1,
                1,
                new Endpoint("http://d", true),
                new Endpoint("", false),
                slots,
                List.of(new GroupStatus(1, 1024, List.of(server))),
                List.of(new ProxyStatus("proxy-1", "p:19000", "serving", 0)),
                List.of(new ProcessStatus(name, pid, "running", 0, "", "")));
        return new StatusText(status, new Paint(false)).text();
    }
}
