package io.futex.process;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// Test classes run in a JVM that had to be started in another way.
public final class Suite {
    private static final int FAILURES_SHOWN = 20;

    private Suite() {}

    /// Runs the classes, tells what became of them, and ends this JVM.
    ///
    /// @param storms whether also what the contract's storms test
    public static void runAndExit(boolean storms, Class<?>... classes) {
        runAndExit(storms, Arrays.stream(classes).map(Class::getName));
    }

    /// As above, for classes that cannot be reached.
    ///
    /// @param storms whether also what the contract's storms test
    /// @param classes their names
    public static void runAndExit(boolean storms, Stream<String> classes) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(classes.map(DiscoverySelectors::selectClass)
                                        .toList())
                                .filters(filter(storms))
                                .build(),
                        listener);
        TestExecutionSummary summary = listener.getSummary();
        System.out.println(summary.getTestsSucceededCount() + " tests succeeded, " + summary.getTotalFailureCount()
                + " failed, " + summary.getTestsAbortedCount() + " do not apply, "
                + (summary.getTimeFinished() - summary.getTimeStarted()) / 1_000 + " s");
        summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), FAILURES_SHOWN);
        System.out.flush();
        System.exit(summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() > 0 ? 0 : 1);
    }

    private static PostDiscoveryFilter filter(boolean storms) {
        return descriptor -> FilterResult.includedIf(storms || !isStorm(descriptor));
    }

    private static boolean isStorm(TestDescriptor descriptor) {
        return descriptor
                .getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getJavaMethod().getDeclaringClass())
                .filter(type -> type.getSimpleName().contains("Storm"))
                .isPresent();
    }
}
