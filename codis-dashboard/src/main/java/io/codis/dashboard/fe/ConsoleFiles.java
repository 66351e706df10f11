package io.codis.dashboard.fe;

import io.codis.infra.http.StaticContent;

/** The files of the web console, as {@code codis-fe} and the dashboard both serve them. */
public final class ConsoleFiles {

    private ConsoleFiles() {}

    /** To be put on a route that ends in {@code {file...}}. */
    public static StaticContent bundled() {
        return StaticContent.ofClassPath(ConsoleFiles.class, "fe");
    }
}
