package io.codis.core.codis3;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.codis.core.topology.ProxyModel;
import org.jspecify.annotations.Nullable;

/**
 * A proxy: the node {@code proxy/proxy-<token>} and {@code GET /api/proxy/model}.
 *
 * @param id 0, and left out, while the proxy is not registered
 * @param jodisPath left out without jodis
 */
public record ProxyNode(
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int id,
        String token,
        String startTime,
        String adminAddr,
        String protoType,
        String proxyAddr,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
        String jodisPath,

        String productName,
        int pid,
        String pwd,
        String sys,
        String hostname,
        String datacenter) {

    public static ProxyNode of(int id, ProxyModel m) {
        return new ProxyNode(
                id,
                m.token(),
                m.startTime(),
                m.adminAddr(),
                m.protoType(),
                m.proxyAddr(),
                m.jodisPath(),
                m.productName(),
                m.pid(),
                m.pwd(),
                m.sys(),
                m.hostname(),
                m.datacenter());
    }

    /** Without the id. */
    public ProxyModel model() {
        return new ProxyModel(
                token,
                startTime,
                adminAddr,
                protoType,
                proxyAddr,
                jodisPath,
                productName,
                pid,
                pwd,
                sys,
                hostname,
                datacenter);
    }
}
