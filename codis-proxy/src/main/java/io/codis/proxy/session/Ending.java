package io.codis.proxy.session;

import java.io.IOException;

/**
 * How a client's connection ends when the proxy stops: whatever it has sent is answered, and between two requests the end
 * is announced, right behind a reply. What it sends after that is passed over, neither executed nor answered.
 */
final class Ending {

    private final Session session;
    private boolean readsNoMore;
    private boolean announced;

    Ending(Session session) {
        this.session = session;
    }

    boolean readsNoMore() {
        return readsNoMore;
    }

    boolean isAnnounced() {
        return announced;
    }

    /** What has come in meanwhile counts as sent before. */
    void look() {
        if (!session.mayEnd(readsNoMore)) {
            return;
        }
        try {
            if (!readsNoMore) {
                session.onReadable();
            }
            if (session.isOpen() && session.mayEnd(readsNoMore)) {
                announce();
            }
        } catch (IOException e) {
            session.onBroken(String.valueOf(e.getMessage()));
        }
    }

    /** Nothing more is read; what has been read is answered: for clients that never pause. */
    void lastReplies() {
        readsNoMore = true;
        look();
    }

    void announce() {
        if (!announced) {
            announced = true;
            session.halfClose();
        }
    }
}
