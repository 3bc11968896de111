package io.futex.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.futex.spi.Outcome;
import io.futex.spi.RobustSystem;
import io.futex.spi.RobustThread;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Whether the kernel keeps its promises: a thread ends that holds one word, and has another one pending which is free
/// and has waiters. The first must be marked; one who sleeps on the second must be woken.
///
/// Emulators have no robust lists, or keep and forget them; kernels before 6.2 (but for those of distributions, which
/// have got it as a fix) do not wake for a pending word that is free but not 0.
final class RobustProbe extends Thread {
    /// How long the thread lives, by attempt, so that the other one sleeps by then. Where it does not, the wake is
    /// missed, and nothing is known.
    private static final long[] LIVES_MILLIS = {1, 20, 400};

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LinuxRobust robust;
    private final long lifeNanos;

    // Never freed: the JVM tells that a thread has ended before the kernel looks at them.
    private final LinuxRobust.Mapped held = record();
    private final LinuxRobust.Mapped pending = record();

    private volatile boolean hasFailed;

    private RobustProbe(LinuxRobust robust, long lifeMillis) {
        super(null, null, "futex-robust-probe", 0, false);
        setDaemon(true);
        this.robust = robust;
        this.lifeNanos = TimeUnit.MILLISECONDS.toNanos(lifeMillis);
        pending.memory().set(JAVA_INT, 0, RobustThread.WAITERS);
    }

    private static LinuxRobust.Mapped record() {
        return new LinuxRobust.Mapped(Arena.global().allocate(RobustSystem.RECORD_BYTES, RobustSystem.RECORD_BYTES));
    }

    /// Tries it out.
    ///
    /// @return whether the kernel does all that it should
    static boolean isPassed(LinuxRobust robust, LinuxBackend backend) {
        for (long life : LIVES_MILLIS) {
            RobustProbe probe = new RobustProbe(robust, life);
            probe.start();
            if (probe.isWoken(backend)) {
                return true;
            }
            if (probe.hasFailed || !probe.isMarked()) {
                return false;
            }
        }
        return false;
    }

    @Override
    public void run() {
        try {
            RobustThread me = robust.thread();
            me.begin(held);
            held.memory().set(JAVA_INT, 0, me.id());
            me.link(held);
            me.begin(pending);
            long end = System.nanoTime() + lifeNanos;
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
        } catch (Throwable e) {
            hasFailed = true;
        }
    }

    private boolean isWoken(LinuxBackend backend) {
        long deadline = System.nanoTime() + lifeNanos + PATIENCE_NANOS;
        while (!hasFailed && System.nanoTime() < deadline) {
            Outcome outcome =
                    backend.await(pending.memory(), 0, RobustThread.WAITERS, true, LinuxBackend.ALL, deadline);
            if (outcome == Outcome.WOKEN && isMarked()) {
                return true;
            }
        }
        return false;
    }

    private boolean isMarked() {
        return (held.memory().get(JAVA_INT, 0) & RobustThread.OWNER_DIED) != 0;
    }
}
