package io.codis.infra.coordinator;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An exclusive {@code flock(2)} on a file, held until closed or until the process is gone.
 *
 * <p>Java's own file locks are {@code fcntl} locks: they do not exclude programs that use flock, as the tools of Codis
 * 3.2 do, and not a second channel of the same process either.
 */
final class FileLock implements AutoCloseable {

    private static final int O_RDWR = 2;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;
    private static final int EINTR = 4;
    private static final boolean MAC = System.getProperty("os.name", "").startsWith("Mac");
    private static final int EWOULDBLOCK = MAC ? 35 : 11;
    private static final int O_CREAT = MAC ? 0x200 : 0x40;
    private static final int O_CLOEXEC = MAC ? 0x1000000 : 0x80000;
    private static final int MODE = 0644;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final MethodHandle OPEN = function(
            "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FLOCK = function("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private int descriptor;

    private FileLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /** The lock, or empty when somebody else has it. The file is created if absent. */
    static Optional<FileLock> tryLock(Path file) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(Linker.Option.captureStateLayout());
            int descriptor = (int) OPEN.invokeExact(
                    state, arena.allocateFrom(file.toAbsolutePath().toString()), O_RDWR | O_CREAT | O_CLOEXEC, MODE);
            if (descriptor < 0) {
                throw new IOException("open " + file + ": errno " + errno(state));
            }
            int result;
            do {
                result = (int) FLOCK.invokeExact(state, descriptor, LOCK_EX | LOCK_NB);
            } while (result != 0 && errno(state) == EINTR);
            if (result == 0) {
                return Optional.of(new FileLock(descriptor));
            }
            int errno = errno(state);
            int _ = (int) CLOSE.invokeExact(state, descriptor);
            if (errno == EWOULDBLOCK) {
                return Optional.empty();
            }
            throw new IOException("flock " + file + ": errno " + errno);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Releases it; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (descriptor < 0) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(Linker.Option.captureStateLayout());
            // explicitly: a child process that is just being forked may still share the descriptor
            int _ = (int) FLOCK.invokeExact(state, descriptor, LOCK_UN);
            int _ = (int) CLOSE.invokeExact(state, descriptor);
            descriptor = -1;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    @SuppressWarnings("restricted") // libc functions of a fixed signature
    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        var all = Stream.concat(Stream.of(CAPTURE), Arrays.stream(options));
        return LINKER.downcallHandle(
                LINKER.defaultLookup().find(name).orElseThrow(), type, all.toArray(Linker.Option[]::new));
    }
}
