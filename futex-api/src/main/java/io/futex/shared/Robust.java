package io.futex.shared;

import io.futex.internal.Backends;
import io.futex.internal.FreshStack;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.RobustSystem;
import org.jspecify.annotations.Nullable;

/// How this process learns that the owner of a lock has ended.
///
/// @param system null where it cannot
/// @param failure else why not
record Robust(@Nullable RobustSystem system, @Nullable String failure) {
    private static final String WITHOUT = "robust locks do not work here: ";

    private static volatile @Nullable Robust made;

    /// Tried out on the first use.
    ///
    /// @throws UnsupportedOperationException where it cannot
    static RobustSystem ofThisProcess() {
        Robust robust = made;
        if (robust == null) {
            robust = make();
        }
        if (robust.system == null) {
            throw new UnsupportedOperationException(robust.failure);
        }
        return robust.system;
    }

    /// For tests.
    static void use(Robust robust) {
        made = robust;
    }

    /// Of a system that tells no lock.
    static Robust looking() {
        Here here = Here.get();
        return here.liveness() == null
                ? new Robust(null, WITHOUT + here.failure())
                : new Robust(new LookingRobust(here.liveness()), null);
    }

    private static synchronized Robust make() {
        for (; ; ) {
            Robust robust = made;
            if (robust != null) {
                return robust;
            }
            new FirstUse().await();
        }
    }

    private static final class FirstUse extends FreshStack {
        FirstUse() {
            super("futex-first-robust");
        }

        @Override
        protected void use() {
            RobustRules unusedRules = RobustRules.RIGHT;
            RobustMutex.Outcome unusedOutcome = RobustMutex.Outcome.ACQUIRED;
            FutexBackend backend = Backends.ofSystem();
            try {
                RobustSystem system = backend == null ? null : backend.robust();
                made = system == null ? looking() : new Robust(system, null);
            } catch (BackendUnavailableException e) {
                made = new Robust(null, WITHOUT + e.getMessage());
            }
        }
    }
}
