package io.codis.it.mutants;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the sources are. */
final class Trees {

    private Trees() {}

    static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("codis-core")) ? here : here.getParent();
    }
}
