package io.codis.core.codis3;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The list of sentinels: the node {@code sentinel}. {@code servers} is left out when empty. */
public record SentinelNode(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
        List<String> servers,

        boolean outOfSync) {}
