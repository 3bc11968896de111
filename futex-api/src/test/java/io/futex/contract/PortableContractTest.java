package io.futex.contract;

import io.futex.Futex;

/// In this package, so that the test runner opens it to JUnit.
final class PortableContractTest extends FutexContract {
    private static final Futex FUTEX = futexOf("portable", false);

    @Override
    protected Futex futex() {
        return FUTEX;
    }
}
