package io.codis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.proxy.engine.RequestScanner.Found;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both scanners find the same wherever the network cuts the bytes. */
class ScannersCutAnywhereTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+OK\r\n",
                "-ERR no\r\n",
                ":-12\r\n",
                "$-1\r\n",
                "$0\r\n\r\n",
                "$5\r\na\r\nbc\r\n",
                "*-1\r\n",
                "*0\r\n",
                "*3\r\n:1\r\n$-1\r\n*2\r\n+a\r\n$1\r\nx\r\n",
                "*1\r\n*1\r\n*1\r\n*0\r\n",
                "_\r\n",
                "#t\r\n",
                ",1.5\r\n",
                "(123456789012345678901234567890\r\n",
                "!5\r\nERR x\r\n",
                "=7\r\ntxt:abc\r\n",
                "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n",
                "~2\r\n+a\r\n+b\r\n",
                ">2\r\n+message\r\n+b\r\n",
                "|1\r\n+ttl\r\n:3600\r\n$2\r\nhi\r\n",
                "*2\r\n%1\r\n+k\r\n~1\r\n:1\r\n|1\r\n+x\r\n+y\r\n:5\r\n",
            })
    void aReplyEndsAtTheSamePlace(String reply) throws Exception {
        byte[] stream = bytes(reply + "+NEXT\r\n");
        int length = reply.length();
        for (int cut = 0; cut <= length; cut++) {
            for (int second = cut; second <= length; second++) {
                ReplyScanner scanner = new ReplyScanner();
                int at = scanner.scan(stream, 0, cut);
                assertThat(at).isEqualTo(cut);
                assertThat(cut > 0 && scanner.complete()).isEqualTo(cut == length);
                if (cut == length) {
                    continue;
                }
                at = scanner.scan(stream, at, second);
                if (second < length) {
                    assertThat(scanner.complete()).isFalse();
                    at = scanner.scan(stream, at, stream.length);
                }
                assertThat(at).isEqualTo(length);
                assertThat(scanner.complete()).isTrue();
                assertThat(scanner.scan(stream, at, stream.length)).isEqualTo(stream.length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello\r\n",
                "$a\r\n",
                "$--1\r\n",
                "$5\rx",
                "*?\r\n",
                "$?\r\n",
                "*99999999999999999999\r\n",
                "\r\n"
            })
    void whatIsNoReplyIsRefused(String reply) {
        byte[] stream = bytes(reply);
        assertThatThrownBy(() -> new ReplyScanner().scan(stream, 0, stream.length))
                .isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*1\r\n$4\r\nPING\r\n",
                "*2\r\n$3\r\nGET\r\n$0\r\n\r\n",
                "*3\r\n$3\r\nSET\r\n$5\r\nk\r\ney\r\n$12\r\n*1\r\n$4\r\nPING\r\n",
                "*2\r\n$4\r\nECHO\r\n$10\r\n0123456789\r\n",
            })
    void aRequestAndItsArgumentsLieAtTheSamePlaces(String request) throws Exception {
        byte[] whole = bytes(request);
        RequestScanner reference = new RequestScanner();
        assertThat(reference.scan(whole, 0, whole.length, true)).isEqualTo(Found.COMPLETE);
        List<String> arguments = arguments(reference, whole);
        for (int cut = 0; cut < whole.length; cut++) {
            RequestScanner scanner = new RequestScanner();
            assertThat(scanner.scan(whole, 0, cut, true)).isEqualTo(Found.PARTIAL);
            assertThat(scanner.need()).isGreaterThan(cut).isLessThanOrEqualTo(whole.length);
            byte[] moved = new byte[whole.length + 7];
            System.arraycopy(whole, 0, moved, 7, whole.length);
            assertThat(scanner.scan(moved, 7, moved.length, true)).isEqualTo(Found.COMPLETE);
            assertThat(scanner.length()).isEqualTo(whole.length);
            assertThat(arguments(scanner, moved)).isEqualTo(arguments);
        }
    }

    @Test
    void aRequestThatComesByteByByteIsFound() throws Exception {
        byte[] whole = bytes("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n");
        RequestScanner scanner = new RequestScanner();
        for (int there = 0; there < whole.length; there++) {
            assertThat(scanner.scan(whole, 0, there, true)).isEqualTo(Found.PARTIAL);
        }
        assertThat(scanner.scan(whole, 0, whole.length, true)).isEqualTo(Found.COMPLETE);
        assertThat(arguments(scanner, whole)).containsExactly("SET", "key", "value");
    }

    @Test
    void anInlineRequestIsALine() throws Exception {
        byte[] whole = bytes("PING hello\r\n");
        for (int cut = 0; cut < whole.length; cut++) {
            RequestScanner scanner = new RequestScanner();
            assertThat(scanner.scan(whole, 0, cut, true)).isEqualTo(Found.PARTIAL);
            assertThat(scanner.scan(whole, 0, whole.length, true)).isEqualTo(Found.INLINE);
            assertThat(scanner.length()).isEqualTo(whole.length);
        }
        assertThat(new RequestScanner().scan(bytes("\r\n"), 0, 2, true)).isEqualTo(Found.EMPTY);
        assertThat(new RequestScanner().scan(bytes("*0\r\n"), 0, 4, true)).isEqualTo(Found.EMPTY);
        assertThat(new RequestScanner().scan(bytes("*-1\r\n"), 0, 5, true)).isEqualTo(Found.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*x\r\n",
                "*03\r\n",
                "*1048577\r\n",
                "*99999999999999999999\r\n",
                "*1\r\n+PING\r\n",
                "*1\r\n$-1\r\n",
                "*1\r\n$04\r\nPING\r\n",
                "*1\r\n$536870913\r\n",
                "*1\r\n$4x\r\n",
            })
    void whatARedisServerWouldHangUpOnIsRefused(String request) {
        byte[] stream = bytes(request);
        assertThatThrownBy(() -> new RequestScanner().scan(stream, 0, stream.length, true))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void beforeALoginOnlySmallRequestsAreRead() {
        assertThatThrownBy(() -> new RequestScanner().scan(bytes("*11\r\n"), 0, 5, false))
                .hasMessage("unauthenticated multibulk length");
        byte[] big = bytes("*2\r\n$4\r\nAUTH\r\n$16385\r\n");
        assertThatThrownBy(() -> new RequestScanner().scan(big, 0, big.length, false))
                .hasMessage("unauthenticated bulk length");
    }

    private static List<String> arguments(RequestScanner scanner, byte[] bytes) {
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < scanner.items(); i++) {
            int start = scanner.start(i);
            arguments.add(new String(
                    Arrays.copyOfRange(bytes, start, start + scanner.length(i)), StandardCharsets.ISO_8859_1));
        }
        return arguments;
    }
}
