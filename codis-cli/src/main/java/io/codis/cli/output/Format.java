package io.codis.cli.output;

/** How an answer is written. */
public enum Format {
    text,
    json,
    yaml
}
