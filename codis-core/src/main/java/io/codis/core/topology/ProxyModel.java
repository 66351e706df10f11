package io.codis.core.topology;

import org.jspecify.annotations.Nullable;

/**
 * What a proxy says of itself ({@code GET /api/proxy/model}); keys as in Codis 3.2.
 *
 * @param token opaque, unique, safe in a URL path
 * @param startTime opaque text; another one under the same token is another process
 * @param jodisPath null without jodis
 */
public record ProxyModel(
        String token,
        String startTime,
        String adminAddr,
        String protoType,
        String proxyAddr,
        @Nullable String jodisPath,
        String productName,
        int pid,
        String pwd,
        String sys,
        String hostname,
        String datacenter) {}
