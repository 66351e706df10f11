package io.codis.core.command;

/**
 * The commands that work on connections, servers and clusters, and those of Codis itself. For the form of a row see
 * {@link DataCommands}; here also: {@code local} and {@code login} (served before AUTH), {@code plain} (the text is the
 * whole error reply).
 */
final class ServerCommands {

    static final String CONNECTION = """
            auth             -2 - -         login
            hello            -1 - -         login
            quit             -1 - -         login
            reset             1 - -         login
            echo              2 - -         local
            ping             -1 - -         local
            select            2 - -         local
            time              1 - -         local
            info             -1 - -         local
            command          -1 - -         local
            command|count     2 - -         local
            command|docs     -2 - -         local
            command|getkeys  -3 - -         local
            command|getkeysandflags -3 - -  local
            command|help      2 - -         local
            command|info     -2 - -         local
            command|list     -2 - -         local
            client           -2 - -         refused unknown subcommand
            client|caching    3 - -         session
            client|capa      -3 - -         local
            client|getname    2 - -         local
            client|getredir   2 - -         session
            client|help       2 - -         refused see the documentation of the engine
            client|id         2 - -         local
            client|import-source 3 - -      refused it belongs to the control plane
            client|info       2 - -         local
            client|kill      -3 - -         refused the connections of a proxy are its own
            client|list      -2 - -         refused the connections of a proxy are its own
            client|no-evict   3 - -         refused a proxy does not evict clients
            client|no-touch   3 - -         session
            client|pause     -3 - -         refused it belongs to the control plane
            client|reply      3 - -         refused every command of this connection is answered
            client|setinfo    4 - -         local
            client|setname    3 - -         local
            client|tracking  -3 - -         session
            client|trackinginfo 2 - -       session
            client|unblock   -3 - -         session
            client|unpause    2 - -         refused it belongs to the control plane
            post             -1 - -         refused this is not a web server
            host:            -1 - -         refused this is not a web server
            """;

    static final String TRANSACTIONS = """
            discard           1 - -         session
            exec              1 - -         session
            multi             1 - -         session
            unwatch           1 - -         session
            watch            -2 - 1..-1     session
            psubscribe       -2 - -         session
            publish           3 - -         session
            pubsub           -2 - -         session
            pubsub|channels  -2 - -         session
            pubsub|help       2 - -         session
            pubsub|numpat     2 - -         session
            pubsub|numsub    -2 - -         session
            pubsub|shardchannels -2 - -     session
            pubsub|shardnumsub -2 - -       session
            punsubscribe     -1 - -         session
            spublish          3 - 1         session
            ssubscribe       -2 - 1..-1     session
            subscribe        -2 - -         session
            sunsubscribe     -1 - 1..-1     session
            unsubscribe      -1 - -         session
            monitor           1 - -         session
            wait              3 - -         refused it would count the replicas of one server only
            waitaof           4 - -         refused it would count the replicas of one server only
            """;

    static final String SCRIPTS = """
            script           -2 - -         refused unknown subcommand
            script|debug      3 - -         session
            script|exists    -3 - -         all-least
            script|flush     -2 - -         all-same
            script|help       2 - -         refused see the documentation of the engine
            script|kill       2 - -         refused it acts on one server; ask that server
            script|load       3 - -         all-same
            script|show       3 - -         refused it speaks of one server; ask that server
            function         -2 - -         refused unknown subcommand
            function|delete   3 w -         refused functions are loaded at each server
            function|dump     2 - -         refused functions are loaded at each server
            function|flush   -2 w -         refused functions are loaded at each server
            function|help     2 - -         refused see the documentation of the engine
            function|kill     2 - -         refused it acts on one server; ask that server
            function|list    -2 - -         refused functions are loaded at each server
            function|load    -3 w -         refused functions are loaded at each server
            function|restore -3 w -         refused functions are loaded at each server
            function|stats    2 - -         refused it speaks of one server; ask that server
            """;

    static final String SERVER = """
            acl              -2 - -         refused users belong to the control plane
            bgrewriteaof      1 - -         refused it acts on one server; ask that server
            bgsave           -1 - -         refused it acts on one server; ask that server
            commandlog       -2 - -         refused it speaks of one server; ask that server
            config           -2 - -         refused the configuration of servers belongs to the control plane
            debug            -2 - -         refused it acts on one server; ask that server
            failover         -1 - -         refused roles are given by the dashboard
            lastsave          1 - -         refused it speaks of one server; ask that server
            latency          -2 - -         refused it speaks of one server; ask that server
            lolwut           -1 r -         refused it speaks of one server; ask that server
            module           -2 - -         refused modules are loaded at each server
            pfdebug           3 w 2         refused it is for tests of the engine
            pfselftest        1 - -         refused it is for tests of the engine
            psync            -3 - -         refused a proxy has no data of its own to replicate
            replconf         -1 - -         refused a proxy has no data of its own to replicate
            replicaof         3 - -         refused roles are given by the dashboard
            role              1 - -         refused a proxy has no role; ask the dashboard
            save              1 - -         refused it acts on one server; ask that server
            shutdown         -1 - -         refused it acts on one server; ask that server
            slaveof           3 - -         refused roles are given by the dashboard
            slowlog          -2 - -         refused it speaks of one server; ask that server
            sync              1 - -         refused a proxy has no data of its own to replicate
            syncslots        -2 - -         refused keys are moved by the dashboard
            asking            1 - -         plain   ERR This instance has cluster support disabled
            cluster          -2 - -         plain   ERR This instance has cluster support disabled
            readonly          1 - -         plain   ERR This instance has cluster support disabled
            readwrite         1 - -         plain   ERR This instance has cluster support disabled
            """;

    static final String CODIS = """
            slotshashkey     -2 r -         local
            slotsmapping     -1 r -         local
            slotsinfo        -1 r -         refused slots are counted by the dashboard
            slotsscan        -3 r -         refused use SCAN
            slotscheck        1 r -         refused slots are counted by the dashboard
            slotsdel         -2 w -         refused keys are moved by the dashboard
            slotsmgrtone     -5 w -         refused keys are moved by the dashboard
            slotsmgrtslot    -5 w -         refused keys are moved by the dashboard
            slotsmgrttagone  -5 w -         refused keys are moved by the dashboard
            slotsmgrttagslot -5 w -         refused keys are moved by the dashboard
            slotsmgrtone-async -2 w -       refused keys are moved by the dashboard
            slotsmgrtslot-async -2 w -      refused keys are moved by the dashboard
            slotsmgrttagone-async -2 w -    refused keys are moved by the dashboard
            slotsmgrttagslot-async -2 w -   refused keys are moved by the dashboard
            slotsmgrt-async-fence -1 w -    refused keys are moved by the dashboard
            slotsmgrt-async-cancel -1 w -   refused keys are moved by the dashboard
            slotsmgrt-async-status -1 r -   refused keys are moved by the dashboard
            slotsmgrt-exec-wrapper -3 w -   refused keys are moved by the dashboard
            slotsrestore     -4 w -         refused keys are moved by the dashboard
            slotsrestore-async -2 w -       refused keys are moved by the dashboard
            slotsrestore-async-auth -2 w -  refused keys are moved by the dashboard
            slotsrestore-async-auth2 -2 w - refused keys are moved by the dashboard
            slotsrestore-async-ack -2 w -   refused keys are moved by the dashboard
            slotsrestore-async-select -2 w - refused keys are moved by the dashboard
            """;

    private ServerCommands() {}
}
