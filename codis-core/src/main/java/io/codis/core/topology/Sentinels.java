package io.codis.core.topology;

import java.util.List;

/** The redis-sentinels that watch the groups, as Codis 3.2 keeps them. */
public record Sentinels(List<String> servers, boolean outOfSync) {

    /** Without any sentinel. */
    public static final Sentinels NONE = new Sentinels(List.of(), false);

    public Sentinels {
        servers = List.copyOf(servers);
    }
}
