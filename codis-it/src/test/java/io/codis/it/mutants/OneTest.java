package io.codis.it.mutants;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/** A process that runs one test: {@code class method}. Its exit code is the outcome. */
public final class OneTest {

    static final int PASSED = 0;
    static final int FAILED = 10;
    static final int NOT_RUN = 11;

    private OneTest() {}

    public static void main(String[] arguments) throws Exception {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectMethod(
                        Class.forName(arguments[0]), method(Class.forName(arguments[0]), arguments[1])))
                .build();
        var listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        var summary = listener.getSummary();
        List<Failure> failures = summary.getFailures();
        for (Failure failure : failures) {
            String said =
                    String.valueOf(failure.getException()).lines().limit(6).reduce("", (a, b) -> a + " " + b.strip());
            System.out.println("FAILURE " + failure.getTestIdentifier().getDisplayName() + ":" + said);
        }
        boolean broken = failures.stream().anyMatch(f -> f.getException() instanceof LinkageError);
        boolean ran = summary.getTestsSucceededCount() + summary.getTestsFailedCount() > 0 && !broken;
        System.exit(!ran ? NOT_RUN : failures.isEmpty() ? PASSED : FAILED);
    }

    static Method method(Class<?> type, String name) {
        return Stream.of(type.getDeclaredMethods())
                .filter(method -> method.getName().equals(name) && !method.isSynthetic())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no test " + type.getName() + "." + name));
    }
}
