package io.futex.contract;

import io.futex.Futex;

/// In this package, so that the test runner opens it to JUnit.
final class PollingContractTest extends FutexContract {
    private static final Futex FUTEX = futexOf("polling", true);

    @Override
    protected Futex futex() {
        return FUTEX;
    }
}
