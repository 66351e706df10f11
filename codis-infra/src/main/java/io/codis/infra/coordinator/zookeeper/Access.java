package io.codis.infra.coordinator.zookeeper;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.List;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

/**
 * Who may do what with nodes that we make, as Codis 3.2 makes them: everybody, or whoever logs in as we do. Directories have
 * all rights; what holds data can have nothing below it.
 */
record Access(Id who) implements ACLProvider {

    /** @param login {@code user:password}, or empty */
    static Access of(String login) {
        if (login.isEmpty()) {
            return new Access(Ids.ANYONE_ID_UNSAFE);
        }
        if (login.indexOf(':') < 1) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT, "coordinator_auth: no colon behind a user; write user:password");
        }
        try {
            return new Access(new Id("digest", DigestAuthenticationProvider.generateDigest(login)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    List<ACL> ofData() {
        return list(Perms.ADMIN | Perms.READ | Perms.WRITE);
    }

    @Override
    public List<ACL> getDefaultAcl() {
        return list(Perms.ALL);
    }

    /** Not a {@code List.of}: the client asks whether it contains null, which that refuses. */
    private List<ACL> list(int rights) {
        return Collections.singletonList(new ACL(rights, who));
    }

    @Override
    public List<ACL> getAclForPath(String path) {
        return getDefaultAcl();
    }
}
