package io.futex.internal;

import io.futex.memory.PerThread;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.Selector;

/// A word of one thread, on which nobody else sleeps: a permit, as of [java.util.concurrent.locks.LockSupport]. Whoever
/// ends the thread's sleep, by a wake or by an interrupt, gives it and wakes the word; the sleeper takes it. It is
/// remembered, so neither has to repeat itself:
///
/// ```
/// sleeper                            waker, or interrupter
/// WOKEN or interrupted? no
///                                    WOKEN, or the interrupt flag
///                                    permit = 1
///                                    wakes the word: finds nobody
/// the system: permit == 0? no
/// permit = 0
/// WOKEN or interrupted? yes
/// ```
///
/// The sleeper takes the permit before it looks why it was given, and the other gives the reason before the permit: so
/// a reason is never left behind without a permit. A permit without a reason costs a look.
final class Permit extends SilentSelector {
    /// The value for which to sleep.
    static final int NONE = 0;

    private static final int GIVEN = 1;
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final long LINE_BYTES = 128;

    private final Thread thread;
    private final FutexBackend backend;

    /// Lives as long as anybody who may still give the permit holds this object.
    private final MemorySegment word = Arena.ofAuto().allocate(LINE_BYTES, LINE_BYTES);

    /// Whether an interrupt gives it.
    private boolean heeding;

    Permit(Thread thread, FutexBackend backend) {
        this.thread = thread;
        this.backend = backend;
    }

    /// Of the threads that wait on several shared words.
    static PerThread<Permit> perThread(FutexBackend backend) {
        return new PerThread<>() {
            @Override
            protected Permit make() {
                return new Permit(Thread.currentThread(), backend);
            }
        };
    }

    /// Private to this process.
    MemorySegment word() {
        return word;
    }

    void give() {
        INT.setVolatile(word, 0L, GIVEN); // and a full fence, which the system does not promise
        int unused = backend.wake(word, 0, false, FutexBackend.ALL, 1);
    }

    void take() {
        INT.setVolatile(word, 0L, NONE);
    }

    // ---- interrupts

    /// From here on an interrupt gives the permit; by the thread itself, as the next one.
    void heedInterrupts() {
        heeding = true;
        begin();
    }

    void ignoreInterrupts() {
        heeding = false;
        end();
    }

    /// Why the system has failed a sleep on the word. Outside the hook, see [NativeWaiter]; an interrupt meanwhile is
    /// seen before the next sleep.
    ///
    /// @throws RuntimeException what the system refuses
    void explain(long deadline) {
        boolean heeded = heeding;
        if (heeded) {
            ignoreInterrupts();
        }
        try {
            Outcome unused = NativeWaiter.reason(backend, word, 0, NONE, false, FutexBackend.ALL, deadline);
        } finally {
            if (heeded) {
                heedInterrupts();
            }
        }
    }

    /// May be called late, in another sleep of the same thread: then the permit is one without a reason.
    @Override
    public Selector wakeup() {
        if (!isCurrent(thread)) { // one's own flag is seen before the sleep
            give();
        }
        return this;
    }
}
