package io.futex.seccomp;

import io.futex.Futex;
import io.futex.contract.FutexVirtualThreadContract;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/// A program that takes the newer system calls from itself and then runs the contract suite, all but the storms.
public final class FilteredProgram {
    private FilteredProgram() {}

    /// @param arguments the errno that the calls fail with
    public static void main(String[] arguments) {
        SeccompFilter.denyWhatIsNew(Integer.parseInt(arguments[0]));
        System.out.println(Futex.local() + " " + Futex.local().capabilities());
        System.out.println(Futex.shared() + " " + Futex.shared().capabilities());
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(
                                        DiscoverySelectors.selectClass(Local.class),
                                        DiscoverySelectors.selectClass(Shared.class))
                                .build(),
                        summary);
        System.out.println(summary.getSummary().getTestsSucceededCount() + " tests succeeded, "
                + summary.getSummary().getTotalFailureCount() + " failed");
        summary.getSummary().printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 20);
        System.exit(summary.getSummary().getTotalFailureCount() == 0 ? 0 : 1);
    }

    static final class Local extends FutexVirtualThreadContract {
        @Override
        protected Futex futex() {
            return Futex.local();
        }

        @Override
        protected boolean hasFutexWait() {
            return false;
        }
    }

    static final class Shared extends FutexVirtualThreadContract {
        @Override
        protected Futex futex() {
            return Futex.shared();
        }

        @Override
        protected boolean hasFutexWait() {
            return false;
        }
    }
}
