package io.codis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What one engine answers, the proxy over three of them answers. */
class ParityTest {

    private static RedisServer direct;
    private static RedisServer[] servers;
    private static TestProxy proxy;

    @BeforeAll
    static void start() {
        direct = RedisServer.start();
        servers = new RedisServer[] {RedisServer.start(), RedisServer.start(), RedisServer.start()};
        proxy = TestProxy.over(Arrays.stream(servers).map(RedisServer::address).toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        direct.close();
        Arrays.stream(servers).forEach(RedisServer::close);
    }

    @BeforeEach
    void empty() {
        direct.call("FLUSHALL");
        Arrays.stream(servers).forEach(server -> server.call("FLUSHALL"));
    }

    /** Each is one story; commands are separated by semicolons. */
    private static final List<String> STORIES = List.of(
            "SET a 1; GET a; gEt a; INCR a; APPEND a xyz; STRLEN a; GETRANGE a 0 2; SETRANGE a 1 Q; GETDEL a; GET"
                    + " a",
            "SET a 1 EX 100; TTL a; PERSIST a; TTL a; SET a 2 NX; SET a 3 XX GET; TYPE a; OBJECT ENCODING a",
            "INCR a b; GET; SET a; SET a 1 EX notanumber; INCRBY a x; HGET a; LPUSH a",
            "RPUSH l a b c; LRANGE l 0 -1; LPOP l 2; LINDEX l 0; LLEN l; LINSERT l BEFORE c b; LPOS l c; GET l",
            "HSET h f 1 g 2; HGETALL h; HMGET h f x g; HINCRBY h f 5; HDEL h f; HLEN h; HSCAN h 0; HRANDFIELD h",
            "SADD s a b c; SCARD s; SISMEMBER s a; SMISMEMBER s a z; SREM s a; SPOP s 5; SMEMBERS s",
            "ZADD z 1 a 2 b 3 c; ZRANGE z 0 -1 WITHSCORES; ZRANGEBYSCORE z 1 2; ZSCORE z b; ZPOPMIN z; ZCARD z",
            "XADD x 1-1 f v; XLEN x; XRANGE x - +; XREAD COUNT 1 STREAMS x 0; XINFO STREAM x; XGROUP CREATE x g 0",
            "PFADD p a b c; PFCOUNT p; SETBIT b 7 1; GETBIT b 7; BITCOUNT b; BITPOS b 1; BITFIELD b GET u8 0",
            "GEOADD g 13.361389 38.115556 Palermo; GEOPOS g Palermo; GEOHASH g Palermo; GEODIST g Palermo Palermo",
            "MSET a 1 b 2 c 3 d 4; MGET a b c d e a; DEL a b zz; EXISTS a b c d c; UNLINK c d; TOUCH a; MGET c d",
            "MSET a 1 b; MGET; DEL; MSET; EXISTS; MSET a 1; MGET a; MGET a a a",
            "SET {t}a 1; SET {t}b 2; RENAME {t}a {t}c; MGET {t}b {t}c; RENAMENX {t}b {t}c; COPY {t}c {t}d; GET"
                    + " {t}d",
            "SADD {t}1 a b; SADD {t}2 b c; SINTER {t}1 {t}2; SUNIONSTORE {t}3 {t}1 {t}2; SINTERCARD 2 {t}1 {t}2",
            "ZADD {t}1 1 a; ZADD {t}2 2 a; ZUNIONSTORE {t}3 2 {t}1 {t}2; ZRANGE {t}3 0 -1 WITHSCORES; ZDIFF 1 {t}1",
            "EVAL 'return redis.call(\"set\",KEYS[1],ARGV[1])' 1 k v; GET k; EVALSHA ffff 1 k",
            "PING; PING hello; ECHO hi; PING a b; ECHO; SELECT 3; SET a db3; GET a; SELECT 0; GET a; DBSIZE",
            "SET a 1; SET b 2; SET c 3; DBSIZE; NOSUCH x y; OBJECT NOSUCH a; OBJECT FREQ; CLIENT GETNAME",
            "CLIENT SETNAME me; CLIENT GETNAME; CLIENT SETNAME 'a b'; CLIENT SETINFO lib-name x; COMMAND COUNT x",
            "SORT l; RPUSH l 3 1 2; SORT l; SORT l DESC LIMIT 0 2; LMPOP 1 l LEFT COUNT 2; DUMP nokey; EXPIRE l 0;"
                    + " GET l",
            "SCRIPT LOAD 'return 7'; EVALSHA 0e5bfaa5a5d5ba8bd6ff02e0c1c5b1a8ea5c3a2c 1 k; SCRIPT EXISTS abc def",
            "COMMAND GETKEYS MSET a 1 b 2; COMMAND GETKEYS EVAL x 2 a b c; COMMAND GETKEYS NOPE a");

    static Stream<Arguments> stories() {
        return STORIES.stream().flatMap(story -> Stream.of(Arguments.of(2, story), Arguments.of(3, story)));
    }

    @ParameterizedTest
    @MethodSource("stories")
    void aStoryEndsAlike(int protocol, String story) throws Exception {
        try (RespConnection one = direct.connect();
                RespConnection other = proxy.connect()) {
            one.call("HELLO", Integer.toString(protocol));
            other.call("HELLO", Integer.toString(protocol));
            for (String line : story.split(";")) {
                String[] words = words(line.strip());
                if (words.length > 1 && words[0].equals("CLIENT") && words[1].equals("SETINFO")) {
                    continue; // Younger than the engine compared with.
                }
                Reply expected = one.call(words);
                Reply actual = other.call(words);
                assertThat(comparable(words, actual)).as(line).isEqualTo(comparable(words, expected));
            }
        }
    }

    private static String[] words(String line) {
        List<String> words = new java.util.ArrayList<>();
        var matcher = java.util.regex.Pattern.compile("'([^']*)'|(\\S+)").matcher(line);
        while (matcher.find()) {
            words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
        return words.toArray(String[]::new);
    }

    /** What is unordered is sorted; what differs by design is named. */
    private static Object comparable(String[] words, Reply reply) {
        return switch (words[0]) {
            case "SMEMBERS", "SPOP", "HGETALL", "SINTER" -> sorted(reply);
            case "HRANDFIELD" -> reply.getClass();
            default -> reply;
        };
    }

    private static Object sorted(Reply reply) {
        return switch (reply) {
            case Reply.Many many ->
                many.items().stream().map(Reply::toString).sorted().toList();
            case Reply.Typed(char type, Reply.Many many) -> List.of(type, sorted(many));
            default -> reply;
        };
    }

    @Test
    void aLongPipelineKeepsItsOrderOverAllGroups() throws Exception {
        try (RespConnection client = proxy.connect()) {
            int count = 20000;
            for (int i = 0; i < count; i++) {
                client.send("SET", "key" + i, "value" + i);
                client.send("GET", "key" + i);
            }
            client.flush();
            for (int i = 0; i < count; i++) {
                assertThat(client.read()).isEqualTo(new Reply.Status("OK"));
                assertThat(client.read().text()).isEqualTo("value" + i);
            }
        }
    }
}
