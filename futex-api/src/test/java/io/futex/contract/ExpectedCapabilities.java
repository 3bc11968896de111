package io.futex.contract;

import static io.futex.Capability.ASYNC;
import static io.futex.Capability.PRECISE_TIMEOUT;
import static io.futex.Capability.PROCESS_SHARED;
import static io.futex.Capability.REPORTS_CHANGED;
import static io.futex.Capability.REPORTS_WOKEN_COUNT;
import static io.futex.Capability.WAIT_ANY;
import static io.futex.Capability.WAKE_COUNT;

import io.futex.Capability;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What each backend must be able to do, so that one which declares less fails instead of skipping tests.
final class ExpectedCapabilities {
    private static final String LOCAL = "local";
    private static final String SHARED = "shared";

    /// PRECISE_TIMEOUT of Linux, and WAIT_ANY of its shared words, depend on the kernel: see [#of].
    private static final List<Row> TABLE = List.of(
            new Row("portable", LOCAL, EnumSet.of(ASYNC, REPORTS_CHANGED, REPORTS_WOKEN_COUNT, WAKE_COUNT, WAIT_ANY)),
            new Row("polling", SHARED, EnumSet.of(ASYNC, REPORTS_CHANGED)),
            new Row("linux", LOCAL, EnumSet.of(ASYNC, REPORTS_CHANGED, REPORTS_WOKEN_COUNT, WAKE_COUNT, WAIT_ANY)),
            new Row(
                    "linux",
                    SHARED,
                    EnumSet.of(ASYNC, REPORTS_CHANGED, REPORTS_WOKEN_COUNT, WAKE_COUNT, PROCESS_SHARED)),
            // Each waiter sleeps on a word of its own, so wakes are claimed exactly.
            new Row("macos", LOCAL, EnumSet.of(ASYNC, REPORTS_CHANGED, REPORTS_WOKEN_COUNT, WAKE_COUNT, WAIT_ANY)),
            // A wake tells for sure only that it woke nobody; one of n is n wakes of one.
            new Row("macos", SHARED, EnumSet.of(ASYNC, PROCESS_SHARED, WAKE_COUNT)),
            // Waiters are in the engine's table, which compares, claims and counts; its shared words are polled.
            new Row("windows", LOCAL, EnumSet.of(ASYNC, REPORTS_CHANGED, REPORTS_WOKEN_COUNT, WAKE_COUNT, WAIT_ANY)),
            new Row("wasm", LOCAL, EnumSet.of(REPORTS_CHANGED, REPORTS_WOKEN_COUNT, WAKE_COUNT)));

    private ExpectedCapabilities() {}

    /// @param futexWait whether the Linux of this machine has the system call futex_wait
    /// @param futexWaitv the same of futex_waitv
    static Set<Capability> of(String backend, boolean shared, boolean futexWait, boolean futexWaitv) {
        for (Row row : TABLE) {
            if (row.backend.equals(backend) && row.scope.equals(shared ? SHARED : LOCAL)) {
                Set<Capability> expected = EnumSet.copyOf(row.capabilities);
                if (futexWait && backend.equals("linux")) {
                    expected.add(PRECISE_TIMEOUT);
                }
                if (futexWaitv && backend.equals("linux")) {
                    expected.add(WAIT_ANY);
                }
                return expected;
            }
        }
        throw new AssertionError("no row for the backend " + backend + ", shared " + shared + ": add one");
    }

    private record Row(String backend, String scope, Set<Capability> capabilities) {}
}
