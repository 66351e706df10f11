package io.codis.infra.redis;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Credentials;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * One connection to a storage engine, for one caller at a time (only {@link #close()} may come from another thread).
 *
 * <p>Every call has a deadline that covers writing, waiting and reading. After a missed deadline or an I/O error the
 * connection is closed and refuses further calls: its replies could no longer be told apart. Reasons:
 * {@link Reason#UNAVAILABLE} nothing was sent; {@link Reason#TIMED_OUT} and {@link Reason#OUTCOME_UNKNOWN} (the
 * connection broke) the commands may have been executed; {@link Reason#UNAUTHORIZED}, {@link Reason#NOT_READY},
 * {@link Reason#ENGINE_REFUSED} the engine answered with an error.
 */
public final class RedisConnection implements AutoCloseable {

    private final String address;
    private final Connection connection;
    private final Duration timeout;
    private volatile boolean closed;

    private RedisConnection(String address, Connection connection, Duration timeout) {
        this.address = address;
        this.connection = connection;
        this.timeout = timeout;
    }

    /**
     * Connects and logs in.
     *
     * @param address {@code host:port}
     * @param timeout of the connect, of the login, and of each later call that names no other
     * @param credentials null to not log in
     */
    public static RedisConnection connect(String address, Duration timeout, @Nullable Credentials credentials) {
        var config = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(millis(timeout))
                .socketTimeoutMillis(millis(timeout))
                // an engine of any age, a login of few rights: send nothing that the caller did not ask for
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        if (credentials != null) {
            config.user(credentials.user()).password(credentials.password());
        }
        try {
            var connection = new Connection(hostAndPort(address), config.build());
            connection.setSoTimeout(0); // from here on DeadlineWatch cuts
            return new RedisConnection(address, connection, timeout);
        } catch (JedisDataException e) {
            throw new EngineError(text(e)).asException(address, "AUTH");
        } catch (JedisConnectionException e) {
            Reason reason = timedOut(e) ? Reason.TIMED_OUT : Reason.UNAVAILABLE;
            throw new CodisException(reason, "engine " + address + ": cannot connect: " + rootText(e), e);
        }
    }

    /** {@code host:port} as given to {@link #connect}. */
    public String address() {
        return address;
    }

    /** Sends one command; an error reply is thrown. See {@link Replies} for what is returned. */
    public @Nullable Object call(Object... words) {
        return callWithin(timeout, words);
    }

    /** As {@link #call} with a deadline of its own. */
    public @Nullable Object callWithin(Duration deadline, Object... words) {
        var command = Command.of(words);
        Object reply = callAll(deadline, List.of(command)).getFirst();
        if (reply instanceof EngineError error) {
            throw error.asException(address, command.name());
        }
        return reply;
    }

    /** Sends one command; an error reply is returned as {@link EngineError}. */
    public @Nullable Object tryCall(Object... words) {
        return callAll(timeout, List.of(Command.of(words))).getFirst();
    }

    /** Sends all commands in one go and returns their replies in order; errors are {@link EngineError} values. */
    public List<@Nullable Object> callAll(List<Command> commands) {
        return callAll(timeout, commands);
    }

    /** As {@link #callAll(List)} with a deadline of its own, for all commands together. */
    public List<@Nullable Object> callAll(Duration deadline, List<Command> commands) {
        if (closed || connection.isBroken()) {
            throw new CodisException(Reason.UNAVAILABLE, "engine " + address + ": the connection is closed");
        }
        var replies = new ArrayList<@Nullable Object>(commands.size());
        if (commands.isEmpty()) {
            return replies;
        }
        var watch = DeadlineWatch.start(deadline, this::close);
        try {
            commands.forEach(command -> connection.sendCommand(arguments(command)));
            for (int i = 0; i < commands.size(); i++) {
                replies.add(readReply());
            }
            return replies;
        } catch (JedisConnectionException e) {
            close();
            String what =
                    commands.get(Math.min(replies.size(), commands.size() - 1)).name();
            throw watch.missed()
                    ? new CodisException(
                            Reason.TIMED_OUT, "engine " + address + ", " + what + ": no answer within " + deadline, e)
                    : new CodisException(
                            Reason.OUTCOME_UNKNOWN,
                            "engine " + address + ", " + what + ": connection lost: " + rootText(e),
                            e);
        } finally {
            watch.stop();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            connection.setBroken();
            connection.forceDisconnect();
        } catch (IOException | JedisConnectionException e) {
            // it is gone, which is all that was asked for
        }
    }

    private @Nullable Object readReply() {
        try {
            return withErrorsAsValues(connection.getOne());
        } catch (JedisDataException e) {
            return new EngineError(text(e));
        }
    }

    private static @Nullable Object withErrorsAsValues(@Nullable Object reply) {
        if (reply instanceof JedisDataException nested) {
            return new EngineError(text(nested));
        }
        if (reply instanceof List<?> list) {
            if (list.stream().noneMatch(each -> each instanceof JedisDataException || each instanceof List<?>)) {
                return list;
            }
            var converted = new ArrayList<@Nullable Object>(list.size());
            list.forEach(each -> converted.add(withErrorsAsValues(each)));
            return converted;
        }
        return reply;
    }

    private static CommandArguments arguments(Command command) {
        byte[] name = command.word(0);
        var arguments = new CommandArguments(() -> name);
        for (int i = 1; i <= command.arguments(); i++) {
            arguments.add(command.word(i));
        }
        return arguments;
    }

    private static HostAndPort hostAndPort(String address) {
        int colon = address.lastIndexOf(':');
        try {
            if (colon > 0) {
                int port = Integer.parseInt(address.substring(colon + 1));
                return new HostAndPort(address.substring(0, colon).replaceAll("^\\[(.*)]$", "$1"), port);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new CodisException(Reason.INVALID_ARGUMENT, "engine address \"" + address + "\" is not host:port");
    }

    private static int millis(Duration timeout) {
        return Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE);
    }

    private static boolean timedOut(Throwable e) {
        for (Throwable each = e; each != null; each = each.getCause()) {
            if (each instanceof SocketTimeoutException) {
                return true;
            }
            for (Throwable other : each.getSuppressed()) {
                if (timedOut(other)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String rootText(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root.getSuppressed().length > 0) {
            root = root.getSuppressed()[0];
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private static String text(JedisDataException e) {
        return e.getMessage() == null ? "ERR" : e.getMessage();
    }

    @Override
    public String toString() {
        return "RedisConnection[" + address + "]";
    }
}
