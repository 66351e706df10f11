package io.codis.infra.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM and SIGINT as an ordinary event, in place of a shutdown hook: logging still works while the program stops (its
 * own hook would have switched it off), and the exit code is the program's, not 143.
 */
public final class StopSignals {

    private StopSignals() {}

    /**
     * From now on the first of these signals runs {@code stop} on a thread of its own, and the program ends when its main
     * thread does; a second one ends it at once.
     */
    public static void onFirst(Runnable stop) {
        var first = new AtomicBoolean(true);
        for (String name : List.of("TERM", "INT")) {
            handle(name, () -> {
                if (first.getAndSet(false)) {
                    Thread.ofPlatform().name("stopping").start(stop);
                } else {
                    Runtime.getRuntime().halt(1);
                }
            });
        }
    }

    /** By reflection, since the compiler warns of {@code sun.misc.Signal} by name; module jdk.unsupported keeps it for this. */
    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls = (self, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "hashCode" -> System.identityHashCode(self);
                case "equals" -> self == arguments[0];
                default -> "stop on SIG" + name;
            };
            Object instance =
                    Proxy.newProxyInstance(StopSignals.class.getClassLoader(), new Class<?>[] {handler}, calls);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), instance);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot be told of SIG" + name, e);
        }
    }
}
