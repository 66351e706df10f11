package io.codis.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;

/**
 * Several programs in one JVM, {@code codis together PROGRAM ARGUMENTS + PROGRAM ARGUMENTS ...}, until one of them ends. One
 * that fails, as on a machine that is too busy, is started again after a second, a few times.
 *
 * <p>This is how the image's AOT cache is trained: one for all is 60 MB, one for each together 220 MB, and the pods of a
 * machine have one in memory.
 */
final class Together {

    static final String NAME = "together";

    private static final int FAILED = 1;
    private static final int STARTS = 30;

    private Together() {}

    /** Does not return. */
    static int run(List<String> words) {
        var programs = new ArrayList<Thread>();
        var rest = words;
        while (!rest.isEmpty()) {
            int end = rest.indexOf("+") < 0 ? rest.size() : rest.indexOf("+");
            programs.add(program(rest.subList(0, end)));
            rest = rest.subList(Math.min(end + 1, rest.size()), rest.size());
        }
        programs.forEach(Thread::start);
        for (Thread each : programs) {
            try {
                each.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return 0;
    }

    private static Thread program(List<String> words) {
        ToIntFunction<String[]> program = ClassicPrograms.named(words.getFirst())
                .orElseThrow(() -> new IllegalArgumentException("no such program: " + words));
        String[] arguments = words.subList(1, words.size()).toArray(String[]::new);
        return Thread.ofPlatform().name(words.getFirst()).unstarted(() -> {
            int code = program.applyAsInt(arguments);
            for (int start = 1; code == FAILED && start < STARTS; start++) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                code = program.applyAsInt(arguments);
            }
            System.exit(code);
        });
    }
}
