package io.codis.core.command;

/**
 * The commands that work on keys: name, arity, access, keys, route.
 *
 * <ul>
 *   <li>arity as in {@code COMMAND}, the name included, negative for "at least"; the widest of the engines known
 *   <li>access: {@code r} flag readonly, {@code w} flag write, {@code -} neither
 *   <li>keys: {@code -} none; {@code 1} argument 1; {@code 1..-1} first to last, negative from the end; {@code /2} every
 *       second; {@code #2} argument 2 counts those behind it, {@code ?} may be none, {@code 1+} argument 1 is one too;
 *       {@code store@5} the one behind STORE, looked for from argument 5
 *   <li>route: {@code single} with an optional {@link Limit}; {@code elements}, {@code sum}, {@code same} are split and
 *       joined like that; {@code all-…} and {@code cursor} go to all groups; {@code session} and {@code refused} carry
 *       the reason
 * </ul>
 *
 * <p>Sources: {@code COMMAND} of Redis 7.0 and Valkey 8, and the command files of Valkey 9 for what came later.
 */
final class DataCommands {

    static final String STRINGS = """
            append            3 w 1         single
            bitcount         -2 r 1         single
            bitfield         -2 w 1         single
            bitfield_ro      -2 r 1         single
            bitop            -4 w 2..-1     single
            bitpos           -3 r 1         single
            decr              2 w 1         single
            decrby            3 w 1         single
            delifeq           3 w 1         single
            get               2 r 1         single
            getbit            3 r 1         single
            getdel            2 w 1         single
            getex            -2 w 1         single
            getrange          4 r 1         single
            getset            3 w 1         single
            incr              2 w 1         single
            incrby            3 w 1         single
            incrbyfloat       3 w 1         single
            lcs              -3 r 1..2      single
            mget             -2 r 1..-1     elements
            mset             -3 w 1..-1/2   same
            msetnx           -3 w 1..-1/2   single
            psetex            4 w 1         single
            set              -3 w 1         single
            setbit            4 w 1         single
            setex             4 w 1         single
            setnx             3 w 1         single
            setrange          4 w 1         single
            strlen            2 r 1         single
            substr            4 r 1         single
            pfadd            -2 w 1         single
            pfcount          -2 r 1..-1     single
            pfmerge          -2 w 1..-1     single
            """;

    static final String KEYSPACE = """
            copy             -3 w 1..2      single  NO_DB
            del              -2 w 1..-1     sum
            dump              2 r 1         single
            exists           -2 r 1..-1     sum
            expire           -3 w 1         single
            expireat         -3 w 1         single
            expiretime        2 r 1         single
            persist           2 w 1         single
            pexpire          -3 w 1         single
            pexpireat        -3 w 1         single
            pexpiretime       2 r 1         single
            pttl              2 r 1         single
            rename            3 w 1..2      single
            renamenx          3 w 1..2      single
            restore          -4 w 1         single
            sort             -2 w 1+store@2 single  NO_PATTERN
            sort_ro          -2 r 1         single  NO_PATTERN
            touch            -2 r 1..-1     sum
            ttl               2 r 1         single
            type              2 r 1         single
            unlink           -2 w 1..-1     sum
            object           -2 - -         refused unknown subcommand
            object|encoding   3 r 2         single
            object|freq       3 r 2         single
            object|help       2 - -         refused see the documentation of the engine
            object|idletime   3 r 2         single
            object|refcount   3 r 2         single
            memory           -2 - -         refused unknown subcommand
            memory|doctor     2 - -         refused it speaks of one server; ask that server
            memory|help       2 - -         refused see the documentation of the engine
            memory|malloc-stats 2 - -       refused it speaks of one server; ask that server
            memory|purge      2 - -         refused it acts on one server; ask that server
            memory|stats      2 - -         refused it speaks of one server; ask that server
            memory|usage     -3 r 2         single
            dbsize            1 r -         all-sum
            scan             -2 r -         cursor
            keys              2 r -         refused use SCAN
            randomkey         1 r -         refused there is no fair choice over several groups; use SCAN
            flushall         -1 w -         refused all groups would have to be emptied at one moment; remove keys by SCAN and UNLINK
            flushdb          -1 w -         refused all groups would have to be emptied at one moment; remove keys by SCAN and UNLINK
            move              3 w 1         refused it reaches into another database; DUMP the key and RESTORE it there
            swapdb            3 w -         refused the databases of all groups would have to change at one moment
            migrate          -6 w migrate   refused keys are moved by the dashboard
            restore-asking   -4 w 1         refused keys are moved by the dashboard
            """;

    static final String LISTS = """
            lindex            3 r 1         single
            linsert           5 w 1         single
            llen              2 r 1         single
            lmove             5 w 1..2      single
            lmpop            -4 w #1        single
            lpop             -2 w 1         single
            lpos             -3 r 1         single
            lpush            -3 w 1         single
            lpushx           -3 w 1         single
            lrange            4 r 1         single
            lrem              4 w 1         single
            lset              4 w 1         single
            ltrim             4 w 1         single
            rpop             -2 w 1         single
            rpoplpush         3 w 1..2      single
            rpush            -3 w 1         single
            rpushx           -3 w 1         single
            blmove            6 w 1..2      session
            blmpop           -5 w #2        session
            blpop            -3 w 1..-2     session
            brpop            -3 w 1..-2     session
            brpoplpush        4 w 1..2      session
            """;

    static final String HASHES = """
            hdel             -3 w 1         single
            hexists           3 r 1         single
            hexpire          -6 w 1         single
            hexpireat        -6 w 1         single
            hexpiretime      -5 r 1         single
            hget              3 r 1         single
            hgetall           2 r 1         single
            hgetdel          -5 w 1         single
            hgetex           -5 w 1         single
            hincrby           4 w 1         single
            hincrbyfloat      4 w 1         single
            hkeys             2 r 1         single
            hlen              2 r 1         single
            hmget            -3 r 1         single
            hmset            -4 w 1         single
            hpersist         -5 w 1         single
            hpexpire         -6 w 1         single
            hpexpireat       -6 w 1         single
            hpexpiretime     -5 r 1         single
            hpttl            -5 r 1         single
            hrandfield       -2 r 1         single
            hscan            -3 r 1         single
            hset             -4 w 1         single
            hsetex           -6 w 1         single
            hsetnx            4 w 1         single
            hstrlen           3 r 1         single
            httl             -5 r 1         single
            hvals             2 r 1         single
            """;

    static final String SETS = """
            sadd             -3 w 1         single
            scard             2 r 1         single
            sdiff            -2 r 1..-1     single
            sdiffstore       -3 w 1..-1     single
            sinter           -2 r 1..-1     single
            sintercard       -3 r #1        single
            sinterstore      -3 w 1..-1     single
            sismember         3 r 1         single
            smembers          2 r 1         single
            smismember       -3 r 1         single
            smove             4 w 1..2      single
            spop             -2 w 1         single
            srandmember      -2 r 1         single
            srem             -3 w 1         single
            sscan            -3 r 1         single
            sunion           -2 r 1..-1     single
            sunionstore      -3 w 1..-1     single
            """;

    static final String SORTED_SETS = """
            zadd             -4 w 1         single
            zcard             2 r 1         single
            zcount            4 r 1         single
            zdiff            -3 r #1        single
            zdiffstore       -4 w 1+#2      single
            zincrby           4 w 1         single
            zinter           -3 r #1        single
            zintercard       -3 r #1        single
            zinterstore      -4 w 1+#2      single
            zlexcount         4 r 1         single
            zmpop            -4 w #1        single
            zmscore          -3 r 1         single
            zpopmax          -2 w 1         single
            zpopmin          -2 w 1         single
            zrandmember      -2 r 1         single
            zrange           -4 r 1         single
            zrangebylex      -4 r 1         single
            zrangebyscore    -4 r 1         single
            zrangestore      -5 w 1..2      single
            zrank            -3 r 1         single
            zrem             -3 w 1         single
            zremrangebylex    4 w 1         single
            zremrangebyrank   4 w 1         single
            zremrangebyscore  4 w 1         single
            zrevrange        -4 r 1         single
            zrevrangebylex   -4 r 1         single
            zrevrangebyscore -4 r 1         single
            zrevrank         -3 r 1         single
            zscan            -3 r 1         single
            zscore            3 r 1         single
            zunion           -3 r #1        single
            zunionstore      -4 w 1+#2      single
            bzmpop           -5 w #2        session
            bzpopmax         -3 w 1..-2     session
            bzpopmin         -3 w 1..-2     session
            geoadd           -5 w 1         single
            geodist          -4 r 1         single
            geohash          -2 r 1         single
            geopos           -2 r 1         single
            georadius        -6 w 1+store@5 single
            georadius_ro     -6 r 1         single
            georadiusbymember -5 w 1+store@5 single
            georadiusbymember_ro -5 r 1     single
            geosearch        -7 r 1         single
            geosearchstore   -8 w 1..2      single
            """;

    static final String STREAMS = """
            xack             -4 w 1         single
            xadd             -5 w 1         single
            xautoclaim       -6 w 1         single
            xclaim           -6 w 1         single
            xdel             -3 w 1         single
            xlen              2 r 1         single
            xpending         -3 r 1         single
            xrange           -4 r 1         single
            xread            -4 r streams   single  NO_BLOCK
            xreadgroup       -7 w streams   single  NO_BLOCK
            xrevrange        -4 r 1         single
            xsetid           -3 w 1         single
            xtrim            -4 w 1         single
            xgroup           -2 - -         refused unknown subcommand
            xgroup|create    -5 w 2         single
            xgroup|createconsumer 5 w 2     single
            xgroup|delconsumer 5 w 2        single
            xgroup|destroy    4 w 2         single
            xgroup|help       2 - -         refused see the documentation of the engine
            xgroup|setid     -5 w 2         single
            xinfo            -2 - -         refused unknown subcommand
            xinfo|consumers   4 r 2         single
            xinfo|groups      3 r 2         single
            xinfo|help        2 - -         refused see the documentation of the engine
            xinfo|stream     -3 r 2         single
            """;

    static final String SCRIPTS = """
            eval             -3 - #2?       single  SOME_KEY
            eval_ro          -3 r #2?       single  SOME_KEY
            evalsha          -3 - #2?       single  SOME_KEY
            evalsha_ro       -3 r #2?       single  SOME_KEY
            fcall            -3 - #2?       single  SOME_KEY
            fcall_ro         -3 r #2?       single  SOME_KEY
            """;

    private DataCommands() {}
}
