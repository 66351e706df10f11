package io.codis.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JavaLaunchTest {

    @Test
    void theProxyOfADistributionHasItsOwnJarAlone() {
        assertThat(proxy("/d/lib/codis-cli-4.0.0.jar:/d/lib/codis-proxy-4.0.0.jar:/d/lib/jedis-7.1.0.jar"))
                .containsSequence("-cp", "/d/lib/codis-proxy-4.0.0.jar", "io.codis.proxy.ProxyMain", "--flag");
    }

    /** As in a build: the jars that the manifest names are elsewhere. */
    @Test
    void whereJarsAreNotTogetherTheProxyHasThemAll() {
        for (String classPath : List.of(
                "/b/cli/target/classes:/b/proxy/target/codis-proxy-4.0.0.jar:/m/jedis-7.1.0.jar",
                "/b/cli/target/classes:/b/proxy/target/classes")) {
            assertThat(proxy(classPath))
                    .containsSequence("-cp", classPath, "io.codis.cli.Codis", "codis-proxy", "--flag");
        }
    }

    private static List<String> proxy(String classPath) {
        return new JavaLaunch(Path.of("java"), classPath)
                .program("codis-proxy", 64, List.of("--flag"), Map.of())
                .command();
    }
}
