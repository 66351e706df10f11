package io.codis.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EngineOutputTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<String> lines = new ArrayList<>();

    @Test
    void linesGoOnWholeHoweverTheyArriveAndTheLastOneIsEnded() throws IOException {
        run("one\ntw", "o\n", "thr", "ee");

        assertThat(out).hasToString("one\ntwo\nthree");
        assertThat(lines).containsExactly("one\n", "two\n", "three\n");
    }

    @Test
    void aLineThatDoesNotEndIsNotKeptForEver() throws IOException {
        String endless = "x".repeat(40_000);
        run(endless, "\nnext\n");

        assertThat(out).hasToString(endless + "\nnext\n");
        assertThat(String.join("", lines)).isEqualTo(endless + "\nnext\n");
        assertThat(lines).hasSizeBetween(3, 5);
    }

    private void run(String... pieces) throws IOException {
        var streams = Stream.of(pieces)
                .map(piece -> (InputStream) new ByteArrayInputStream(piece.getBytes(StandardCharsets.UTF_8)))
                .toList();
        EngineOutput.run(
                new SequenceInputStream(Collections.enumeration(streams)),
                out,
                some -> lines.add(new String(some, StandardCharsets.UTF_8)));
    }
}
