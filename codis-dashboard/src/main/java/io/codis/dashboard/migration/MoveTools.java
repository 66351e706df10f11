package io.codis.dashboard.migration;

import io.codis.dashboard.identity.ToldMaps;
import io.codis.dashboard.server.EngineAccess;
import io.codis.dashboard.stats.Conditions;
import io.codis.dashboard.store.ClusterState;
import io.codis.infra.secret.ClusterSecret;
import java.util.function.BooleanSupplier;

/**
 * What every part of a move works with.
 *
 * @param clients whether clients are being served, so that the source's time is shared with them
 */
public record MoveTools(
        ClusterState state,
        EngineAccess engines,
        ClusterSecret secret,
        MoveSettings settings,
        Conditions conditions,
        ToldMaps maps,
        BooleanSupplier clients,
        Interruption interruption) {}
