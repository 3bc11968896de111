package io.futex.shared;

import io.futex.Futex;
import io.futex.internal.Engine;
import io.futex.internal.FreshStack;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.RobustSystem;
import org.jspecify.annotations.Nullable;

/// How this process learns that the owner of a lock has ended.
///
/// @param system null where it cannot
/// @param failure else why not
record Robust(@Nullable RobustSystem system, @Nullable String failure) {
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
            Machine unusedMachine = Machine.HERE;
            RobustRules unusedRules = RobustRules.RIGHT;
            RobustMutex.Outcome unusedOutcome = RobustMutex.Outcome.ACQUIRED;
            try {
                made = new Robust(((Engine) Futex.shared()).robust(), null); // there is no other futex of this process
            } catch (BackendUnavailableException e) {
                made = new Robust(null, "robust locks do not work here: " + e.getMessage());
            }
        }
    }
}
