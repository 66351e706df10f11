package io.codis.testkit;

import java.nio.file.Path;

/**
 * A storage engine of this machine.
 *
 * @param name as shown in a parameterised test's name, such as {@code redis 7.0.15}
 * @param binary the server program
 * @param version such as {@code 7.0.15}
 */
public record Engine(String name, Path binary, String version) {

    @Override
    public String toString() {
        return name;
    }
}
