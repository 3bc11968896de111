package io.futex;

import io.futex.internal.Deadline;
import io.futex.internal.Gain;
import io.futex.memory.MemoryChecks;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A 64-bit counter that others write, such as the tail of a ring buffer or the sequence of a log, in native byte
/// order, and a wait until it has passed a value. It is only ever read here, so a read-only mapping of it will do.
///
/// Futexes have 32 bits, so who waits sleeps on the low half. It is woken by [#wakeAll], after the counter was written:
///
/// ```java
/// // consumer                                             // producer
/// for (long seen = 0; ; ) {                               ring.publish(item);        // counts the sequence up
///     long now = sequence.awaitBeyond(seen);              sequence.wakeAll();
///     handle(seen, now);
///     seen = now;
/// }
/// ```
///
/// **Mostly another way is better.** A wake of a shared word is a system call, a quarter to three quarters of a
/// microsecond, even if nobody sleeps. So:
///
/// - where the publishing code can be extended and one thread waits, it rings a [io.futex.sync.Doorbell], which costs
///   some 15 ns while the consumer is awake, and the consumer calls `bell.await(() -> sequence.getAcquire() > seen)`;
/// - where the publishing code cannot be extended, nobody ever wakes, and **only the timed form in a loop is right**:
///   `while (!sequence.awaitBeyond(seen, 1, TimeUnit.MILLISECONDS)) {}`, which notices as late as that, unless the
///   change comes within the first microseconds. The untimed form then sleeps for ever.
///
/// What is said of [FutexWord#awaitChange(int)] and of [Futex] holds here: reasons to return, time, interrupts, closed
/// arenas, virtual threads, looks before the sleep. In addition, a thread that is stopped between its look at the
/// counter and its sleep, for as long as exactly 2^32 steps take or a multiple of it, finds the same low half and
/// sleeps over these; the next wake lets it see them. Two objects over the same memory and scope are the same counter.
public final class FutexSequence {
    private final Words words;
    private final long at;

    /// Of who waits.
    private int gain;

    private FutexSequence(Futex futex, MemorySegment segment, long offset) {
        this.words = Words.in(futex, MemoryChecks.requireLong(segment, offset));
        this.at = offset;
    }

    /// A counter that threads of this JVM wait for.
    ///
    /// @param segment the memory that holds the counter
    /// @param offset where in `segment`, in bytes; the address is divisible by 8
    /// @return a view of the counter
    public static FutexSequence local(MemorySegment segment, long offset) {
        return new FutexSequence(Futex.local(), segment, offset);
    }

    /// A counter in memory that other processes or native code share, and may wait for too.
    ///
    /// @param segment the memory that holds the counter
    /// @param offset where in `segment`, in bytes; the address is divisible by 8
    /// @return a view of the counter
    public static FutexSequence shared(MemorySegment segment, long offset) {
        return new FutexSequence(Futex.shared(), segment, offset);
    }

    /// Returns the counter, with the memory effects of a volatile read.
    ///
    /// @return the value
    public long get() {
        return words.getLong(at);
    }

    /// Returns the counter, with the memory effects of [java.lang.invoke.VarHandle#getAcquire].
    ///
    /// @return the value
    public long getAcquire() {
        return words.getLongAcquire(at);
    }

    /// Waits until the counter is greater than a value, by the signed comparison.
    ///
    /// @param seen the value to pass, mostly the last one seen
    /// @return the counter, read with acquire effects
    /// @throws InterruptedException if the thread was interrupted before the counter was seen beyond `seen`
    public long awaitBeyond(long seen) throws InterruptedException {
        return awaitBeyond(seen, Deadline.FOREVER);
    }

    /// [#awaitBeyond(long)] for a limited time.
    ///
    /// @param seen the value to pass, mostly the last one seen
    /// @param timeout how long; zero or less looks once
    /// @param unit of `timeout`
    /// @return whether the counter was seen beyond `seen`, with acquire effects; false never before the time is over
    /// @throws InterruptedException if the thread was interrupted before the counter was seen beyond `seen`
    public boolean awaitBeyond(long seen, long timeout, TimeUnit unit) throws InterruptedException {
        return awaitBeyond(seen, Deadline.after(timeout, Objects.requireNonNull(unit, "unit"))) > seen;
    }

    /// Wakes all who wait for the counter; as [Futex#wakeAll(MemorySegment)]. Comes after a write to the counter.
    ///
    /// @return how many threads were woken, or [Futex#UNKNOWN]
    public int wakeAll() {
        return words.wake(low(), Integer.MAX_VALUE);
    }

    /// The counter in decimal.
    @Override
    public String toString() {
        return Long.toString(get());
    }

    // ---- inside

    private long awaitBeyond(long seen, long deadline) throws InterruptedException {
        long value = getAcquire();
        if (value > seen || deadline == Deadline.PAST) {
            return value;
        }
        int before = gain;
        gain = Gain.next(before, Gain.pays(before) && Gain.seesChange(words, low(), (int) value, deadline));
        while ((value = getAcquire()) <= seen) {
            if (words.await(low(), (int) value, deadline, true) == WaitResult.TIMED_OUT) {
                return getAcquire();
            }
        }
        return value;
    }

    private long low() {
        return at + lowHalf(ByteOrder.nativeOrder());
    }

    /// Where in a long the half is that each step changes.
    static int lowHalf(ByteOrder order) {
        return order.equals(ByteOrder.LITTLE_ENDIAN) ? 0 : Integer.BYTES;
    }
}
