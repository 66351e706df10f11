package io.codis.cli.output;

import java.util.Locale;
import java.util.stream.Stream;

/** How an answer is written. */
public enum Format {
    text,
    json,
    yaml;

    /** What a command line asks for, also one that is wrong elsewhere: programs read why. */
    public static Format asked(String... arguments) {
        String line = " " + String.join(" ", arguments).toLowerCase(Locale.ROOT) + " ";
        return Stream.of(json, yaml)
                .filter(format -> line.matches(".* (-o ?=?|--output[ =])" + format + " .*"))
                .findFirst()
                .orElse(text);
    }
}
