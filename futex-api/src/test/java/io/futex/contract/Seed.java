package io.futex.contract;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/// What tests draw their lots from: another number in each run, or `-Dio.futex.test.seed=`. As an extension of a test
/// class it has each failure tell the number, so that the run can be repeated; but for what the scheduler drew.
public final class Seed implements TestExecutionExceptionHandler {
    private static final String PROPERTY = "io.futex.test.seed";

    /// Of all tests of this run.
    public static final long VALUE = Long.getLong(PROPERTY, System.nanoTime());

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        if (thrown instanceof TestAbortedException) {
            throw thrown;
        }
        throw new AssertionError("with -D" + PROPERTY + "=" + VALUE + ": " + thrown, thrown);
    }
}
