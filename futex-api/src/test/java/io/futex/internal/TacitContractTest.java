package io.futex.internal;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.contract.FutexVirtualThreadContract;
import java.util.Set;

/// The engine over a system that does not tell whom a wake woke: waiters sleep on words of their own, and everything is
/// exact. Without the storms, which a backend runs over the real system.
final class TacitContractTest extends FutexVirtualThreadContract {
    private static final Futex FUTEX = Engine.local(new TacitBackend());

    @Override
    protected Futex futex() {
        return FUTEX;
    }

    @Override
    protected Set<Capability> expectedCapabilities() {
        return Set.of(
                Capability.REPORTS_CHANGED,
                Capability.REPORTS_WOKEN_COUNT,
                Capability.WAKE_COUNT,
                Capability.WAIT_ANY,
                Capability.ASYNC);
    }

    @Override
    protected boolean holdsArenaOpen() {
        return false; // nothing native here
    }
}
