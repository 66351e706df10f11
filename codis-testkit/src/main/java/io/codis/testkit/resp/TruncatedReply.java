package io.codis.testkit.resp;

import java.io.IOException;

/** The connection ended in the middle of a reply: no server may do that. */
public final class TruncatedReply extends IOException {

    private static final long serialVersionUID = 1;

    TruncatedReply(IOException cause) {
        super("the connection ended within a reply: " + cause.getMessage(), cause);
    }
}
