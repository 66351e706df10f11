package io.codis.cli.local;

import io.codis.cli.yaml.ClusterFile;
import io.codis.core.spec.CodisClusterSpec;

/** Other numbers. @param replicas servers per group; 0 in any of them leaves it as it is */
public record Scale(int groups, int replicas, int proxies) {

    /** The specification with these numbers; refused as in a file when they do not fit. */
    public CodisClusterSpec of(CodisClusterSpec now) {
        CodisClusterSpec wanted = now.scaled(
                groups == 0 ? now.redis().groups() : groups,
                replicas == 0 ? now.redis().perGroup() : replicas,
                proxies == 0 ? now.proxy().replicas() : proxies);
        // Read back, so that the numbers are checked as in a file.
        return ClusterFile.require(ClusterFile.text(wanted));
    }
}
