package io.codis.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GrammarTest {

    @Test
    void sizesAreReadAndWrittenAsCodisDoes() {
        var vectors = Map.ofEntries(
                Map.entry("1024mb", "1gb"),
                Map.entry("0", "0"),
                Map.entry("0mb", "0"),
                Map.entry("32mb", "32mb"),
                Map.entry("128kb", "128kb"),
                Map.entry("100", "100"),
                Map.entry("100b", "100"),
                Map.entry("1k", "1kb"),
                Map.entry("1.5kb", "1536"),
                Map.entry(" 2 g ", "2gb"),
                Map.entry("-1kb", "-1kb"),
                Map.entry("1024tb", "1pb"),
                Map.entry("4096pb", "4096pb"));
        vectors.forEach((text, shown) ->
                assertThat(ByteSize.parse(text).toString()).as(text).isEqualTo(shown));
    }

    @Test
    void durationsAreReadAndWrittenAsCodisDoes() {
        var vectors = Map.ofEntries(
                Map.entry("60s", "1m"),
                Map.entry("0", "0"),
                Map.entry("0s", "0"),
                Map.entry("30", "30s"),
                Map.entry("1.5", "1500ms"),
                Map.entry("90m", "90m"),
                Map.entry("120m", "2h"),
                Map.entry("1500us", "1500us"),
                Map.entry("7ns", "7ns"),
                Map.entry("0.5h", "30m"),
                Map.entry("-5s", "-5s"));
        vectors.forEach((text, shown) ->
                assertThat(Span.parse(text).toString()).as(text).isEqualTo(shown));
    }

    @Test
    void whatIsNoSizeOrDurationIsRefusedWithARemedy() {
        for (String text : new String[] {"", "mb", "1xb", "1 mb mb", "1..5kb", "1e3", ".", "-"}) {
            assertThatThrownBy(() -> ByteSize.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("such as \"32mb\"");
        }
        for (String text : new String[] {"", "s", "1h30m", "30x", "1 s s", "1..5s", "5S", "1d"}) {
            assertThatThrownBy(() -> Span.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("such as \"30m\"");
        }
        assertThatThrownBy(() -> ByteSize.parse("9999999pb")).hasMessageContaining("larger than any machine");
        assertThatThrownBy(() -> Span.parse("99999999h")).hasMessageContaining("longer than 292 years");
    }

    @Test
    void whatIsWrittenIsReadBackTheSame() {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            long value = random.nextLong() >> random.nextInt(63);
            assertThat(ByteSize.parse(new ByteSize(value).toString()).bytes())
                    .as("-Dseed=" + seed)
                    .isEqualTo(value);
            assertThat(Span.parse(new Span(value).toString()).nanos())
                    .as("-Dseed=" + seed)
                    .isEqualTo(value);
        }
    }
}
