package io.codis.proxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.proxy.session.TestProxy;
import io.codis.testkit.Engines;
import io.codis.testkit.RedisServer;
import io.codis.testkit.Seed;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code -Dfuzz.streams=1000000} for the full size, {@code -Dseed=} to run one again, {@code -Dfuzz.first=} to begin with the
 * epoch of that stream; a failure prints the seed, the stream and its number.
 */
final class ProxyFuzzIT {

    /** Between two of these both sides are compared as a whole and emptied. */
    private static final int EPOCH = 500;

    /** The smallest limit that engines accept, so that no mutated offset asks for 512 MiB. */
    private static final Map<String, String> SETTINGS =
            Map.of("proto-max-bulk-len", "1mb", "enable-debug-command", "yes", "maxmemory", "512mb");

    @Test
    void noStreamOfBytesMakesTheProxyAnswerOtherwiseThanTheEngine() throws Exception {
        long seed = Seed.next();
        int streams = Integer.getInteger("fuzz.streams", 20_000);
        int first = Integer.getInteger("fuzz.first", 0) / EPOCH * EPOCH;
        StreamMaker maker = new StreamMaker(new Random(seed));
        try (RedisServer direct = RedisServer.start(Engines.redis7(), SETTINGS);
                RedisServer one = RedisServer.start(Engines.redis7(), SETTINGS);
                RedisServer two = RedisServer.start(Engines.redis7(), SETTINGS);
                RedisServer three = RedisServer.start(Engines.redis7(), SETTINGS);
                TestProxy proxy = TestProxy.over(
                        Stream.of(one, two, three).map(RedisServer::address).toArray(String[]::new));
                RedisServer four = RedisServer.start(Engines.redis7(), SETTINGS);
                WildSide wild = new WildSide(four);
                Comparison comparison = new Comparison(direct, List.of(one, two, three), proxy.address(), seed, wild)) {
            for (int done = 0; done < streams; done++) {
                byte[] stream = maker.next();
                if (done < first) {
                    continue;
                }
                comparison.run(stream, new Random(seed + done));
                if (done % EPOCH == EPOCH - 1) {
                    comparison.compareAllKeys();
                    comparison.speak(done / EPOCH % 2 == 0);
                }
                if (done % 100_000 == 99_999) {
                    System.out.println(comparison);
                }
            }
            comparison.compareAllKeys();
            System.out.println(comparison);
            assertThat(comparison.sharePassedOn())
                    .as("compared commands of all sent")
                    .isGreaterThan(0.5);
        }
    }
}
