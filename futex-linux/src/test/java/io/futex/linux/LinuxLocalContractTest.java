package io.futex.linux;

import io.futex.Futex;
import io.futex.contract.FutexContract;

final class LinuxLocalContractTest extends FutexContract {
    private static final Futex FUTEX = futexOf("linux", false);

    @Override
    protected Futex futex() {
        return FUTEX;
    }

    @Override
    protected boolean hasFutexWait() {
        return Kernel.hasFutexWait();
    }
}
