package io.futex.shared;

import io.futex.internal.Backends;
import io.futex.internal.FreshStack;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Liveness;
import io.futex.spi.Machine;
import org.jspecify.annotations.Nullable;

/// This process among the others of its machine, as the backend in use knows them. Where it knows nobody, all others
/// live as far as we can tell.
///
/// @param liveness null where the backend knows nobody
/// @param failure else why not
/// @param machine where the ids of processes are valid
/// @param process this one
record Here(@Nullable Liveness liveness, @Nullable String failure, Machine machine, long process) {
    private static final long LOW = 0xFFFF_FFFFL;

    private static volatile @Nullable Here made;

    /// Asked for on the first use, and not by an initialiser, whose Error for want of stack would stay for ever.
    static Here get() {
        Here here = made;
        return here != null ? here : make();
    }

    private static synchronized Here make() {
        for (; ; ) {
            Here here = made;
            if (here != null) {
                return here;
            }
            new FirstUse().await();
        }
    }

    static Here of(@Nullable FutexBackend backend) {
        long pid = ProcessHandle.current().pid();
        try {
            if (backend == null) {
                throw new BackendUnavailableException("no backend of the system is in use: see Futex.unavailable()");
            }
            Liveness liveness = backend.liveness();
            return new Here(liveness, null, liveness.machine(), id(pid, Math.max(0, liveness.startOf(pid))));
        } catch (BackendUnavailableException e) {
            return new Here(null, e.getMessage(), new Machine(0, 0, 0), id(pid, 0));
        }
    }

    private static final class FirstUse extends FreshStack {
        FirstUse() {
            super("futex-first-liveness");
        }

        @Override
        protected void use() {
            made = of(Backends.ofSystem());
        }
    }

    /// Tells processes apart, also those that had the same id one after the other: the id, and 32 bits of when it
    /// began.
    private static long id(long pid, long start) {
        return pid << Integer.SIZE | (start & LOW);
    }

    /// Whether a process has not ended. If there is no telling, it has not.
    boolean isAlive(long other) {
        long pid = other >>> Integer.SIZE;
        long start = liveness == null ? Liveness.UNKNOWN : liveness.startOf(pid);
        return start == Liveness.UNKNOWN || (start != Liveness.GONE && id(pid, start) == other);
    }
}
