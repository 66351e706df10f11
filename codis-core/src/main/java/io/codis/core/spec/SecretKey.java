package io.codis.core.spec;

/** A text that a Secret of Kubernetes holds. */
public record SecretKey(String name, String key) {}
