package io.futex.windows;

import io.futex.Futex;
import io.futex.contract.FutexContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.WINDOWS)
final class WindowsLocalContractTest extends FutexContract {
    @Override
    protected Futex futex() {
        return Futex.local();
    }

    /// JNA cannot keep an arena open.
    @Override
    protected boolean holdsArenaOpen() {
        return futex().toString().contains("binding ffm");
    }
}
