package io.futex.windows;

import io.futex.Futex;
import io.futex.contract.FutexContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Shared words, where Windows has no wait: looks at them, asleep in WaitOnAddress in between.
@EnabledOnOs(OS.WINDOWS)
final class WindowsPollingContractTest extends FutexContract {
    @Override
    protected Futex futex() {
        return Futex.shared();
    }
}
