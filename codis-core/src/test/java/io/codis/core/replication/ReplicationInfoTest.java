package io.codis.core.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.replication.EngineInfo.Keyspace;
import io.codis.core.replication.ReplicationInfo.Attached;
import io.codis.core.replication.ReplicationInfo.Master;
import io.codis.core.replication.ReplicationInfo.Replica;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicationInfoTest {

    private static final String MASTER = """
            # Replication\r
            role:master\r
            connected_slaves:3\r
            slave0:ip=10.0.0.2,port=6379,state=online,offset=1234,lag=0\r
            slave1:ip=replica.local,port=6380,state=online,offset=1200,lag=1,type=replica\r
            slave2:ip=10.0.0.4,port=6379,state=wait_bgsave,offset=0,lag=0\r
            master_failover_state:no-failover\r
            master_replid:8f2c\r
            master_replid2:0000\r
            master_repl_offset:1234\r
            second_repl_offset:-1\r
            """;

    private static final String REPLICA = """
            # Server
            redis_version:7.0.15
            run_id:abcd
            # Memory
            used_memory:1048576
            # Persistence
            loading:0
            # Replication
            role:slave
            master_host:10.0.0.1
            master_port:6379
            master_link_status:up
            master_sync_in_progress:0
            slave_read_repl_offset:1300
            slave_repl_offset:1250
            master_replid:8f2c
            master_repl_offset:1250
            # Keyspace
            db0:keys=7,expires=2,avg_ttl=5000
            db11:keys=1,expires=0,avg_ttl=0,subexpiry=0
            """;

    /** Redis 6.2 after its master, fenced, refused its PSYNC. */
    @Test
    void aReplicaThatForgotItsMastersOffsetStillHasItsData() {
        String forgotten = REPLICA.replace("slave_repl_offset:1250", "slave_repl_offset:1");

        assertThat(ReplicationInfo.parse(forgotten).offset()).isEqualTo(1250);
    }

    @Test
    void aMasterNamesItsReplicasAndWhatTheyHave() {
        var master = (Master) ReplicationInfo.parse(MASTER);

        assertThat(master)
                .isEqualTo(new Master(
                        "8f2c",
                        1234,
                        3,
                        List.of(
                                new Attached("10.0.0.2:6379", true, 1234, 0),
                                new Attached("replica.local:6380", true, 1200, 1),
                                new Attached("10.0.0.4:6379", false, 0, 0))));
    }

    @Test
    void acknowledgedMeansEveryNamedReplicaIsInSyncAndFarEnough() {
        var master = (Master) ReplicationInfo.parse(MASTER);

        assertThat(master.acknowledgedBy(List.of("10.0.0.2:6379", "replica.local:6380"), 1200))
                .isTrue();
        assertThat(master.acknowledgedBy(List.of("10.0.0.2:6379", "replica.local:6380"), 1201))
                .isFalse();
        assertThat(master.acknowledgedBy(List.of("10.0.0.4:6379"), 0)).isFalse();
        assertThat(master.acknowledgedBy(List.of("10.0.0.9:6379"), 0)).isFalse();
        assertThat(master.acknowledgedBy(List.of(), 5000)).isTrue();
    }

    @Test
    void ofTwoReplicasUnderOneNameTheLesserCounts() {
        var twice = MASTER.replace("ip=replica.local,port=6380", "ip=10.0.0.2,port=6379");

        assertThat(((Master) ReplicationInfo.parse(twice)).acknowledged("10.0.0.2:6379"))
                .hasValue(1200);
    }

    @Test
    void aReplicaSaysWhomItFollowsAndHowFarItIs() {
        assertThat(ReplicationInfo.parse(REPLICA))
                .isEqualTo(new Replica("8f2c", 1250, "10.0.0.1:6379", true, false, -1));
    }

    @Test
    void aReplicaThatIsBeingFilledHasNoLinkYet() {
        var filling = REPLICA.replace("master_sync_in_progress:0", "master_sync_in_progress:1");
        var cut = REPLICA.replace("link_status:up", "link_status:down\nmaster_link_down_since_seconds:12");

        assertThat(((Replica) ReplicationInfo.parse(filling)).linkUp()).isFalse();
        assertThat(((Replica) ReplicationInfo.parse(cut)).linkDownSeconds()).isEqualTo(12);
    }

    @Test
    void theWholeInfoGivesVersionMemoryAndKeys() {
        var info = EngineInfo.parse(REPLICA);

        assertThat(info.version()).isEqualTo("redis 7.0.15");
        assertThat(info.runId()).isEqualTo("abcd");
        assertThat(info.loading()).isFalse();
        assertThat(info.usedMemory()).isEqualTo(1048576);
        assertThat(info.keyspace()).isEqualTo(Map.of(0, new Keyspace(7, 2), 11, new Keyspace(1, 0)));
        assertThat(info.keys()).isEqualTo(8);
    }

    @Test
    void valkeyIsNotTakenForTheRedisItClaimsToBe() {
        var valkey = REPLICA.replace(
                "redis_version:7.0.15", "redis_version:7.2.4\nserver_name:valkey\nvalkey_version:8.0.1");

        assertThat(EngineInfo.parse(valkey).version()).isEqualTo("valkey 8.0.1");
    }

    @Test
    void aNumberThatIsNoneIsNamed() {
        assertThatThrownBy(() -> ReplicationInfo.parse("role:master\nmaster_repl_offset:12x\n"))
                .isInstanceOf(CodisException.class)
                .hasMessage("INFO: master_repl_offset is \"12x\", not a number");
    }

    /** Else a text that was cut would be a master at offset 0, which everybody has reached. */
    @ParameterizedTest
    @CsvSource({
        "role:master, 'INFO: role is \"\", neither master nor slave'",
        "master_repl_offset:1234, 'INFO: master_repl_offset is \"\", not a number'",
    })
    void whatDecidesMustBeThere(String missing, String message) {
        assertThatThrownBy(() -> ReplicationInfo.parse(MASTER.replace(missing, "other:1")))
                .isInstanceOf(CodisException.class)
                .hasMessage(message);
    }
}
