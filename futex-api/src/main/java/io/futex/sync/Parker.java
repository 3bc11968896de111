package io.futex.sync;

import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.internal.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A permit that one thread waits for and any other hands out: [java.util.concurrent.locks.LockSupport] on a word, so
/// that other processes can unpark it too.
///
/// ```java
/// // the owner                               // anybody
/// while (!ready) {                           ready = true;
///     parker.park();                         parker.unpark();
/// }
/// ```
///
/// As with LockSupport there is at most one permit, however often it is handed out; `park` consumes it and returns at
/// once if it is there; `park` returns when the thread is interrupted, or was before, **throws nothing and leaves the
/// interrupt status set**; if there are both, the permit is consumed. Unlike LockSupport, `park` never returns without
/// one of these reasons, and the timed forms tell which. A loop around it is a good habit all the same: a permit may be
/// an old one.
///
/// Everything before an `unpark` happens-before the return of a `park` that consumes a permit after it.
///
/// **One owner**: at most one thread at a time may be in a `park` of the same word, else one of them may sleep on for
/// ever. It may be another thread the next time. Any thread may call `unpark`, the owner too. Virtual threads may do
/// both; waiting does not block their carrier.
///
/// ## Layout
/// 4 bytes, 4-aligned, one int in native byte order; zero-filled memory is a parker without a permit.
///
/// | bits | name | meaning |
/// |---|---|---|
/// | 0 | *permit* | the next `park` returns at once |
/// | 1 | *parked* | the owner sleeps, or is about to: whoever sets *permit* must wake it |
/// | 2–31 | | zero |
///
/// What a C program does with a word of [#shared] scope, all with atomic operations of sequential consistency:
///
/// ```c
/// // unpark
/// int s = *word;
/// while (!cas(word, &s, s | 1)) {}               // cas puts what it found into s
/// if (s & 2) futex_wake(word, 1);                // not FUTEX_PRIVATE_FLAG
/// // park
/// for (;;) {
///     int s = *word;
///     if (s & 1) { if (cas(word, &s, 0)) return; }
///     else if (s == 2 || cas(word, &s, 2)) futex_wait(word, 2);
/// }
/// ```
///
/// ## When a process is killed
/// - the owner, in `park`: *parked* stays, which costs each `unpark` a needless wake until the next `park` returns.
/// - in the middle of an `unpark`: the owner may sleep on though the permit is there, until the next `unpark`.
public final class Parker {
    /// How many bytes a parker takes in memory of the caller.
    public static final long LAYOUT_BYTES = 4;

    private static final int EMPTY = 0;
    private static final int PERMIT = 1;
    private static final int PARKED = 2;

    private final FutexWord word;

    /// A parker without a permit for threads of this JVM.
    public Parker() {
        this(FutexWord.local(EMPTY));
    }

    Parker(FutexWord word) {
        this.word = word;
    }

    /// A parker for threads of this JVM in memory of the caller, which is left as it is; zero-filled it has no permit.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the parker there
    public static Parker local(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new Parker(FutexWord.local(segment, offset));
    }

    /// A parker for all processes that map the memory, which is left as it is; zero-filled it has no permit. What a
    /// killed process leaves behind is said above.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the parker there
    public static Parker shared(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new Parker(FutexWord.shared(segment, offset));
    }

    /// Waits for a permit and consumes it, or until the thread is interrupted, whose status is left set. To tell which,
    /// look at the status or use a timed form.
    public void park() {
        var unused = park(Segments.FOREVER, true);
    }

    /// Waits for a permit and consumes it, or until the time is over or the thread is interrupted, whose status is left
    /// set.
    ///
    /// @param timeout how long; zero or less looks for a permit once
    /// @param unit of `timeout`
    /// @return whether a permit was consumed; if not, the time is over or the thread is interrupted
    public boolean park(long timeout, TimeUnit unit) {
        return park(timeout, unit, true);
    }

    /// Waits for a permit and consumes it. An interrupt does not end it; the status is kept.
    public void parkUninterruptibly() {
        var unused = park(Segments.FOREVER, false);
    }

    /// Waits for a permit and consumes it, or until the time is over. An interrupt does not end it; the status is kept.
    ///
    /// @param timeout how long; zero or less looks for a permit once
    /// @param unit of `timeout`
    /// @return whether a permit was consumed
    public boolean parkUninterruptibly(long timeout, TimeUnit unit) {
        return park(timeout, unit, false);
    }

    /// Hands out the permit, if it is not there already, and wakes the owner if it is parked. Makes no system call if
    /// it is not.
    public void unpark() {
        for (; ; ) {
            int s = word.get();
            // Written even if the permit is there, so that the park which consumes it sees what we did before.
            if (word.compareAndSet(s, s | PERMIT)) {
                // Who handed out the permit that we found may have been killed before its wake: so wake again.
                if ((s & PARKED) != 0) {
                    Wakes.one(word);
                }
                return;
            }
        }
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        int s = word.get();
        return (s & PERMIT) != 0 ? "Parker[permit]" : (s & PARKED) != 0 ? "Parker[parked]" : "Parker[no permit]";
    }

    private boolean park(long timeout, TimeUnit unit, boolean interruptible) {
        Objects.requireNonNull(unit, "unit");
        if (timeout <= 0) {
            return take();
        }
        return park(Segments.deadline(timeout, unit), interruptible);
    }

    private boolean park(long deadline, boolean interruptible) {
        boolean over = false;
        for (; ; ) {
            // Also when the time is over: a permit that came meanwhile, and its wake, are spent on us.
            if (take()) {
                return true;
            }
            if (over) {
                // Fails only if the permit has come just now.
                if (word.compareAndSet(PARKED, EMPTY) || word.get() == EMPTY) {
                    return false;
                }
                continue;
            }
            if (interruptible && Thread.currentThread().isInterrupted()) {
                over = true;
                continue;
            }
            // The flag may be there already: since our last round, or left by an owner that was killed.
            if ((word.compareAndExchange(EMPTY, PARKED) & PERMIT) != 0) {
                continue;
            }
            over = sleep(deadline, interruptible);
        }
    }

    private boolean take() {
        for (; ; ) {
            int s = word.get();
            if ((s & PERMIT) == 0) {
                return false;
            }
            if (word.compareAndSet(s, EMPTY)) {
                return true;
            }
        }
    }

    private boolean sleep(long deadline, boolean interruptible) {
        if (!interruptible) {
            return word.awaitUntilUninterruptibly(PARKED, deadline) == WaitResult.TIMED_OUT;
        }
        try {
            return word.awaitUntil(PARKED, deadline) == WaitResult.TIMED_OUT;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
