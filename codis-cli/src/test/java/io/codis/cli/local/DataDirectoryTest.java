package io.codis.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DataDirectoryTest {

    @Test
    void aCommandForItCanBeTypedAsItIsPrinted() {
        assertThat(DataDirectory.standard().codis("up")).isEqualTo("codis up");
        assertThat(new DataDirectory(Path.of("/data/a")).codis("logs fe")).isEqualTo("codis logs fe --data /data/a");
        assertThat(new DataDirectory(Path.of("/data/it's")).codis("up")).isEqualTo("codis up --data '/data/it'\\''s'");
    }
}
