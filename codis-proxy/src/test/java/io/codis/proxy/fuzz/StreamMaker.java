package io.codis.proxy.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Makes streams of one to eight commands: a third as they are, a third with changed arguments, a third with changed bytes.
 */
final class StreamMaker {

    /** K a key, V a value, N a small number, F a field, T more than an hour of seconds, I the id of a stream's entry. */
    private static final List<String> TEMPLATES = List.of(
            "SET K V",
            "SET K V NX",
            "SET K V XX GET",
            "SET K V EX T",
            "SET K N KEEPTTL",
            "GET K",
            "GETSET K V",
            "GETDEL K",
            "GETEX K EX T",
            "GETEX K PERSIST",
            "SETNX K V",
            "SETEX K T V",
            "PSETEX K T000 V",
            "APPEND K V",
            "STRLEN K",
            "GETRANGE K N -1",
            "SETRANGE K 5 V",
            "INCR K",
            "DECR K",
            "INCRBY K N",
            "DECRBY K N",
            "INCRBYFLOAT K 1.5",
            "MGET K K K",
            "MSET K V K V",
            "MSETNX K V K V",
            "DEL K K",
            "UNLINK K",
            "EXISTS K K K",
            "TOUCH K K",
            "LCS K K",
            "LCS K K LEN",
            "SUBSTR K 0 N",
            "EXPIRE K T",
            "EXPIRE K T NX",
            "PEXPIRE K T000",
            "PERSIST K",
            "TTL K",
            "PTTL K",
            "EXPIRETIME K",
            "TYPE K",
            "OBJECT ENCODING K",
            "OBJECT FREQ K",
            "RENAME K K",
            "RENAMENX K K",
            "COPY K K",
            "COPY K K REPLACE",
            "DUMP K",
            "RESTORE K 0 V",
            "SORT K",
            "SORT K ALPHA DESC",
            "SORT K ALPHA LIMIT 0 N",
            "SORT K BY nosort",
            "SORT K ALPHA STORE K",
            "SORT_RO K ALPHA",
            "SETBIT K N 1",
            "GETBIT K N",
            "BITCOUNT K",
            "BITCOUNT K 0 N BIT",
            "BITPOS K 1",
            "BITOP AND K K K",
            "BITOP NOT K K",
            "BITFIELD K SET u8 0 N GET u8 0 INCRBY i5 2 1",
            "BITFIELD_RO K GET u4 0",
            "PFADD K V V",
            "PFCOUNT K K",
            "PFMERGE K K",
            "RPUSH K V V N",
            "LPUSH K V",
            "LPUSHX K V",
            "RPUSHX K V",
            "LPOP K",
            "RPOP K N",
            "LLEN K",
            "LRANGE K 0 -1",
            "LINDEX K N",
            "LSET K 0 V",
            "LREM K 0 V",
            "LTRIM K 0 N",
            "LINSERT K BEFORE V V",
            "LPOS K V RANK -1",
            "LMOVE K K LEFT RIGHT",
            "RPOPLPUSH K K",
            "LMPOP 2 K K LEFT COUNT 2",
            "HSET K F V F V",
            "HSETNX K F V",
            "HMSET K F V",
            "HGET K F",
            "HMGET K F F",
            "HGETALL K",
            "HDEL K F",
            "HLEN K",
            "HKEYS K",
            "HVALS K",
            "HEXISTS K F",
            "HSTRLEN K F",
            "HINCRBY K F N",
            "HINCRBYFLOAT K F 0.5",
            "HSCAN K 0",
            "HRANDFIELD K 2",
            "SADD K V V N",
            "SREM K V",
            "SCARD K",
            "SMEMBERS K",
            "SISMEMBER K V",
            "SMISMEMBER K V V",
            "SMOVE K K V",
            "SINTER K K",
            "SUNION K K",
            "SDIFF K K",
            "SINTERSTORE K K K",
            "SUNIONSTORE K K K",
            "SDIFFSTORE K K K",
            "SINTERCARD 2 K K LIMIT N",
            "SSCAN K 0",
            "SRANDMEMBER K 2",
            "ZADD K N V N V",
            "ZADD K GT CH N V",
            "ZADD K INCR N V",
            "ZREM K V",
            "ZCARD K",
            "ZSCORE K V",
            "ZMSCORE K V V",
            "ZINCRBY K N V",
            "ZRANK K V",
            "ZREVRANK K V",
            "ZRANGE K 0 -1 WITHSCORES",
            "ZRANGE K 0 N BYSCORE LIMIT 0 1",
            "ZREVRANGE K 0 N",
            "ZRANGEBYSCORE K -inf (N",
            "ZREVRANGEBYSCORE K +inf N WITHSCORES",
            "ZRANGEBYLEX K - [V",
            "ZLEXCOUNT K - +",
            "ZCOUNT K 0 N",
            "ZPOPMIN K",
            "ZPOPMAX K N",
            "ZREMRANGEBYRANK K 0 0",
            "ZREMRANGEBYSCORE K N N",
            "ZREMRANGEBYLEX K [V [V",
            "ZUNIONSTORE K 2 K K WEIGHTS 1 2 AGGREGATE MAX",
            "ZINTERSTORE K 2 K K",
            "ZDIFFSTORE K 2 K K",
            "ZUNION 2 K K WITHSCORES",
            "ZINTER 2 K K",
            "ZDIFF 2 K K",
            "ZINTERCARD 2 K K",
            "ZRANGESTORE K K 0 N",
            "ZMPOP 2 K K MIN",
            "ZSCAN K 0",
            "ZRANDMEMBER K 2",
            "GEOADD K 13.36 38.11 V 15.08 37.50 V",
            "GEOPOS K V",
            "GEODIST K V V km",
            "GEOHASH K V",
            "GEOSEARCH K FROMLONLAT 15 37 BYRADIUS 200 km ASC",
            "GEOSEARCHSTORE K K FROMLONLAT 15 37 BYBOX 400 400 km",
            "GEORADIUS K 15 37 200 km STORE K",
            "GEORADIUS_RO K 15 37 200 km WITHDIST ASC",
            "GEORADIUSBYMEMBER K V 200 km ASC",
            "XADD K I F V",
            "XADD K MAXLEN 3 I F V",
            "XLEN K",
            "XRANGE K - +",
            "XREVRANGE K + - COUNT 2",
            "XDEL K I",
            "XTRIM K MAXLEN N",
            "XREAD COUNT 2 STREAMS K K 0 0",
            "XGROUP CREATE K V 0 MKSTREAM",
            "XGROUP CREATECONSUMER K V V",
            "XGROUP DESTROY K V",
            "XSETID K 9-9",
            "XREADGROUP GROUP V V COUNT 1 STREAMS K >",
            "XACK K V I",
            "XPENDING K V",
            "XINFO STREAM K",
            "XINFO GROUPS K",
            "EVAL return{KEYS[1],ARGV[1]} 1 K V",
            "EVAL return(redis.call('incr',KEYS[1])) 1 K",
            "EVAL_RO return(redis.call('get',KEYS[1])) 1 K",
            "EVALSHA 0123456789012345678901234567890123456789 1 K",
            "PING",
            "PING V",
            "ECHO V",
            "SELECT 1",
            "SELECT 0",
            "DBSIZE",
            "CLIENT SETNAME V",
            "CLIENT GETNAME",
            "MEMORY USAGE K",
            "OBJECT HELP",
            "KEYS *",
            "MULTI",
            "BLPOP K 0",
            "SUBSCRIBE V",
            "CONFIG GET *",
            "NOSUCH K",
            "OBJECT NOSUCH K",
            "CLUSTER INFO",
            "SPUBLISH K V",
            "WAIT 0 0",
            "RESET",
            "QUIT");

    private static final String[] KEYS = {"{t}a", "{t}b", "{t}c", "{t}d", "{t}", "{t}\u00e9\u0000\r\n", "{t}a", "other"
    };
    private static final String[] VALUES = {
        "",
        "a",
        "b",
        "m1",
        "m2",
        "g",
        "12",
        "-7",
        "3.5",
        "hello world",
        "\r\n",
        "$3\r\n",
        "*1\r\n",
        "\u0000\u00ff",
        "x".repeat(70)
    };
    private static final String[] WORDS = {
        "NX",
        "XX",
        "GET",
        "WITHSCORES",
        "LIMIT",
        "STORE",
        "COUNT",
        "STREAMS",
        "BLOCK",
        "DB",
        "(1",
        "[a",
        "+inf",
        "-1",
        "0",
        "9223372036854775807",
        "-9223372036854775808",
        "1e400",
        "nan",
        "0x10",
        "01",
        "+1",
        " 1",
        "",
        "#",
        "*",
        "km"
    };

    private final Random random;

    StreamMaker(Random random) {
        this.random = random;
    }

    byte[] next() {
        int kind = random.nextInt(3);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int left = 1 + random.nextInt(random.nextInt(4) == 0 ? 8 : 3); left > 0; left--) {
            List<String> words = command();
            if (kind == 1) {
                changeWords(words);
            }
            out.writeBytes(random.nextInt(12) == 0 ? inline(words) : array(words));
        }
        byte[] stream = out.toByteArray();
        for (int changes = kind == 2 ? 1 + random.nextInt(3) : 0; changes > 0 && stream.length > 0; changes--) {
            stream = changeBytes(stream);
        }
        return stream;
    }

    /** Whether the words are those of a template, its places filled in as {@link #command} does. */
    static boolean asMade(List<String> words) {
        return TEMPLATES.stream().map(template -> template.split(" ", -1)).anyMatch(template -> fits(template, words));
    }

    private static boolean fits(String[] template, List<String> words) {
        if (template.length != words.size() || !template[0].equalsIgnoreCase(words.getFirst())) {
            return false;
        }
        for (int i = 1; i < template.length; i++) {
            String word = words.get(i);
            boolean fits = switch (template[i]) {
                case "K", "V" -> word.length() < 100;
                case "N" -> word.matches("[0-5]");
                case "F" -> word.matches("f[0-3]");
                case "T" -> word.matches("5\\d{3}");
                case "T000" -> word.matches("5000\\d{3}");
                case "I" -> word.matches("[1-9]-[0-2]");
                default -> word.equals(template[i]);
            };
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private List<String> command() {
        String[] template = TEMPLATES.get(random.nextInt(TEMPLATES.size())).split(" ", -1);
        List<String> words = new ArrayList<>();
        words.add(random.nextInt(5) == 0 ? template[0].toLowerCase(Locale.ROOT) : template[0]);
        for (String word : Arrays.asList(template).subList(1, template.length)) {
            words.add(
                    switch (word) {
                        case "K" -> random.nextInt(40) == 0 ? "elsewhere" : KEYS[random.nextInt(KEYS.length - 1)];
                        case "V" -> VALUES[random.nextInt(VALUES.length)];
                        case "N" -> Integer.toString(random.nextInt(6));
                        case "F" -> "f" + random.nextInt(4);
                        case "T" -> Integer.toString(5000 + random.nextInt(1000));
                        case "T000" -> Integer.toString(5_000_000 + random.nextInt(1000));
                        case "I" -> (1 + random.nextInt(9)) + "-" + random.nextInt(3);
                        default -> word;
                    });
        }
        return words;
    }

    private void changeWords(List<String> words) {
        int i = random.nextInt(words.size());
        switch (random.nextInt(5)) {
            case 0 -> words.remove(i);
            case 1 -> words.add(i, words.get(i));
            case 2 -> words.set(i, WORDS[random.nextInt(WORDS.length)]);
            case 3 -> words.add(WORDS[random.nextInt(WORDS.length)]);
            default -> words.set(i, words.get(random.nextInt(words.size())));
        }
        if (words.isEmpty()) {
            words.add("PING");
        }
    }

    private byte[] changeBytes(byte[] stream) {
        int i = random.nextInt(stream.length);
        int j = i + random.nextInt(Math.min(16, stream.length - i));
        return switch (random.nextInt(7)) {
            case 0 -> with(stream, i, stream[i] ^ (1 << random.nextInt(8)));
            case 1 -> with(stream, i, random.nextInt(256));
            case 2 -> joined(stream, i, new byte[] {(byte) random.nextInt(256)}, i);
            case 3 -> joined(stream, i, new byte[0], j);
            case 4 -> joined(stream, j, Arrays.copyOfRange(stream, i, j), j);
            case 5 -> Arrays.copyOf(stream, i);
            default -> digit(stream, i);
        };
    }

    private byte[] digit(byte[] stream, int from) {
        for (int i = from; i < stream.length; i++) {
            if (stream[i] >= '0' && stream[i] <= '9') {
                return with(stream, i, "0123456789-+".charAt(random.nextInt(12)));
            }
        }
        return stream;
    }

    private static byte[] with(byte[] stream, int i, int value) {
        byte[] copy = stream.clone();
        copy[i] = (byte) value;
        return copy;
    }

    /** All before {@code i}, then {@code middle}, then all from {@code j} on. */
    private static byte[] joined(byte[] stream, int i, byte[] middle, int j) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(stream, 0, i);
        out.writeBytes(middle);
        out.write(stream, j, stream.length - j);
        return out.toByteArray();
    }

    private static byte[] array(List<String> words) {
        StringBuilder out = new StringBuilder("*").append(words.size()).append("\r\n");
        for (String word : words) {
            out.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] inline(List<String> words) {
        StringBuilder out = new StringBuilder();
        for (String word : words) {
            out.append(out.isEmpty() ? "" : " ".repeat(1 + random.nextInt(2))).append(quoted(word));
        }
        return out.append(random.nextBoolean() ? "\r\n" : "\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String quoted(String word) {
        if (word.matches("[A-Za-z0-9{}.:*()\\[+-]+")) {
            return word;
        }
        StringBuilder out = new StringBuilder("\"");
        for (char c : word.toCharArray()) {
            out.append(c >= ' ' && c < 127 && c != '"' && c != '\\' ? String.valueOf(c) : "\\x%02x".formatted((int) c));
        }
        return out.append('"').toString();
    }
}
