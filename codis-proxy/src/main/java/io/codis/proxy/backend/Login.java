package io.codis.proxy.backend;

import io.codis.core.wire.Credentials;
import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.ReplyScanner;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first commands on a new connection, sent together: who we are, what this connection is called, which process is
 * there, the database; then, where it applies, the end of connections before this one.
 */
final class Login {

    private enum Step {
        AUTH,
        HELLO,
        ID,
        INFO,
        KILL,
        SELECT
    }

    private final List<Step> steps = new ArrayList<>();
    private final ByteArrayOutputStream request = new ByteArrayOutputStream();
    private final ByteArrayOutputStream reply = new ByteArrayOutputStream();
    private final ReplyScanner scanner = new ReplyScanner();
    private final List<Long> killing;
    private int done;
    private long id = -1;
    private String runId = "";
    private int kills;
    private @Nullable String refusal;

    private Login(List<Long> killing) {
        this.killing = killing;
        this.kills = killing.size();
    }

    /** The first words of a connection. */
    static Login enter(@Nullable Credentials credentials, int channel) {
        Login login = new Login(List.of());
        if (credentials != null && credentials.user().isEmpty()) {
            login.add(Step.AUTH, "AUTH", credentials.password());
        } else if (credentials != null) {
            login.add(Step.AUTH, "AUTH", credentials.user(), credentials.password());
        }
        if (Channel.isResp3(channel)) {
            login.add(Step.HELLO, "HELLO", "3");
        }
        login.add(Step.ID, "CLIENT", "ID");
        login.add(Step.INFO, "INFO", "server");
        if (Channel.database(channel) != 0) {
            login.add(Step.SELECT, "SELECT", Integer.toString(Channel.database(channel)));
        }
        return login;
    }

    /** Ends earlier connections. Only at the process that named them: another one gives their numbers to others. */
    static Login kill(List<Long> earlier) {
        Login login = new Login(earlier);
        for (long one : earlier) {
            login.add(Step.KILL, "CLIENT", "KILL", "ID", Long.toString(one));
        }
        return login;
    }

    private void add(Step step, String... words) {
        steps.add(step);
        request.writeBytes(command(words));
    }

    static byte[] command(String... words) {
        StringBuilder text = new StringBuilder("*").append(words.length).append("\r\n");
        for (String word : words) {
            int length = word.getBytes(StandardCharsets.UTF_8).length;
            text.append('$').append(length).append("\r\n").append(word).append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    byte[] request() {
        return request.toByteArray();
    }

    /** Takes replies; returns how many bytes of {@code bytes[from, limit)} belonged to the login. */
    int take(byte[] bytes, int from, int limit) throws ProtocolException {
        int at = from;
        while (at < limit && !isDone()) {
            int end = scanner.scan(bytes, at, limit);
            reply.write(bytes, at, end - at);
            at = end;
            if (scanner.complete()) {
                answered(steps.get(done++), reply.toString(StandardCharsets.UTF_8));
                reply.reset();
            }
        }
        return at - from;
    }

    private void answered(Step step, String answer) {
        boolean error = answer.startsWith("-");
        switch (step) {
            case AUTH, HELLO, SELECT -> {
                if (error && refusal == null) {
                    refusal = answer.substring(1).strip();
                }
            }
            case ID ->
                id = answer.startsWith(":") ? Long.parseLong(answer.substring(1).strip()) : -1;
            case INFO ->
                runId = answer.lines()
                        .filter(line -> line.startsWith("run_id:"))
                        .map(line -> line.substring("run_id:".length()).strip())
                        .findFirst()
                        .orElse("");
            // 1: it is dead now; 0 or "no such client": it was.
            case KILL -> kills -= !error || answer.startsWith("-ERR No such client") ? 1 : 0;
        }
        if (error && refusal == null && (answer.startsWith("-NOAUTH") || answer.startsWith("-LOADING"))) {
            refusal = answer.substring(1).strip();
        }
    }

    boolean isDone() {
        return done == steps.size();
    }

    /** Why the server does not let us in, null when it does. */
    @Nullable
    String refusal() {
        return refusal;
    }

    /** The server's name for this connection, -1 when it does not say. */
    long id() {
        return id;
    }

    /** The server process's own id, empty when it does not say. */
    String runId() {
        return runId;
    }

    /** The connections that this ends, empty when it enters. */
    List<Long> killing() {
        return killing;
    }

    /** The server has confirmed that all the earlier connections are dead. */
    boolean killed() {
        return kills == 0;
    }
}
