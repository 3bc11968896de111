package io.futex.linux;

import io.futex.Futex;
import io.futex.contract.FutexContract;

final class LinuxSharedContractTest extends FutexContract {
    private static final Futex FUTEX = futexOf("linux", true);

    @Override
    protected Futex futex() {
        return FUTEX;
    }

    @Override
    protected boolean hasFutexWait() {
        return Kernel.hasFutexWait();
    }

    @Override
    protected boolean hasFutexWaitv() {
        return Kernel.hasFutexWaitv();
    }
}
