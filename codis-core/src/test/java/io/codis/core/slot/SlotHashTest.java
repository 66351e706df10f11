package io.codis.core.slot;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.Seeded;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotHashTest {

    @ParameterizedTest
    @CsvSource({
        "a, 579",
        "b, 1017",
        "123456789, 294",
        "{user:1000}.following, 995",
        "foo{}bar, 0",
        "{{bar}}, 313",
        "foo}bar{baz}qux, 152",
        "foo{bar, 407",
        "foo{bar}{zap}, 170",
        "\u952e, 972",
        "'', 0"
    })
    void aKeyHasTheSlotThatCodisServerGivesIt(String key, int slot) {
        assertThat(SlotHash.slotOf(key.getBytes(StandardCharsets.UTF_8))).isEqualTo(slot);
    }

    @Test
    void anyKeyWithoutABraceHasTheCrcOfItsBytes() {
        Seeded.times(200, random -> {
            var key = new byte[random.nextInt(300)];
            random.nextBytes(key);
            for (int i = 0; i < key.length; i++) {
                key[i] = key[i] == '{' ? (byte) 'x' : key[i];
            }
            var crc = new CRC32();
            crc.update(key);

            int slot = SlotHash.slotOf(key);

            assertThat(slot).isEqualTo((int) (crc.getValue() % SlotHash.SLOTS));
        });
    }

    @Test
    void aKeyInTheMiddleOfABufferHashesAsByItself() {
        Seeded.times(200, random -> {
            var alphabet = "{}ab";
            var key = new byte[1 + random.nextInt(12)];
            for (int i = 0; i < key.length; i++) {
                key[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
            var buffer = new byte[40];
            java.util.Arrays.fill(buffer, (byte) '}');
            int offset = random.nextInt(20);
            System.arraycopy(key, 0, buffer, offset, key.length);

            assertThat(SlotHash.slotOf(buffer, offset, key.length)).isEqualTo(SlotHash.slotOf(key));
        });
    }
}
