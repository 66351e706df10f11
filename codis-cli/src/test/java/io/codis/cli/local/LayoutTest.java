package io.codis.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.yaml.ClusterFile;
import io.codis.core.plan.MemberId;
import io.codis.core.spec.CodisClusterSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutTest {

    @Test
    void serversTakeTheNextPortsFromTheFirst() {
        Layout layout = Layout.empty().with(spec("redisSpec: {replicas: 4}"));

        assertThat(layout.servers().values()).containsExactly(6381, 6382, 6383, 6384);
        assertThat(layout.ports(spec("redisSpec: {replicas: 4}")).get(16381)).isEqualTo("launcher of server-1-1");
    }

    @Test
    void aServerKeepsItsPortWhenTheShapeChanges() {
        Layout before = Layout.empty().with(spec("redisSpec: {replicas: 4}"));

        Layout after = before.with(spec("redisSpec: {replicas: 6, codisServerNumsPerGroup: 3}"));

        assertThat(after.address(new MemberId(2, 1))).isEqualTo("127.0.0.1:6383");
        assertThat(after.address(new MemberId(1, 3))).isEqualTo("127.0.0.1:6385");
        assertThat(after.address(new MemberId(2, 3))).isEqualTo("127.0.0.1:6386");
    }

    @Test
    void portsOfOtherPartsAndOfLaunchersAreLeftOut() {
        Layout layout = Layout.empty()
                .with(
                        spec(
                                "dashboardSpec: {servicePort: 6382}\n  proxySpec: {servicePort: 16383}\n  redisSpec: {replicas: 2}"));

        assertThat(layout.servers().values()).containsExactly(6381, 6384);
    }

    @Test
    void itIsStoredAndReadBack(@TempDir Path directory) {
        var data = new DataDirectory(directory.resolve("data"));
        data.create();
        Layout layout = Layout.empty().with(spec("redisSpec: {replicas: 4}")).without(new MemberId(1, 2));

        layout.store(data);

        assertThat(Layout.load(data)).isEqualTo(layout);
        assertThat(layout.memberAt("127.0.0.1:6383")).contains(new MemberId(2, 1));
        assertThat(layout.memberAt("127.0.0.1:6382")).isEmpty();
    }

    private static CodisClusterSpec spec(String spec) {
        return ClusterFile.require(
                "apiVersion: k8s.infra.cn/v1\nkind: CodisCluster\nmetadata: {name: test}\nspec:\n  " + spec);
    }
}
