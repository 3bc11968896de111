package io.futex;

import io.futex.internal.Deadline;
import io.futex.internal.Gain;
import io.futex.memory.MemoryChecks;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/// A 32-bit word of native memory with the atomic operations of [java.util.concurrent.atomic.AtomicInteger], on which
/// threads can sleep.
///
/// It bundles a [Futex] with one place in memory, so all that is said there of waiting, waking, time, order, closed
/// arenas and errors, [FutexException] among them, holds here. Each atomic operation has the memory effects of the
/// [java.lang.invoke.VarHandle] access mode of the same name; one without a suffix is `volatile`. Two objects over the
/// same memory and scope are the same word.
///
/// ```java
/// FutexWord ready = FutexWord.local(0);
///
/// // waiter                                          // waker
/// ready.awaitChange(0);                              ready.setRelease(1);
///                                                    ready.wakeAll();
/// ```
///
/// Not `word.wait(5)`, which is [Object#wait(long)]; and `awaitUntil(5, 1_000_000)` takes a deadline, not a duration.
public final class FutexWord {
    private final Words words;
    private final long at;

    /// Of who waits for a change.
    private int gain;

    FutexWord(Words words, long at) {
        this.words = words;
        this.at = at;
    }

    /// A fresh word off the heap for threads of this JVM. There is nothing to close.
    ///
    /// Words come from blocks of 4 KiB. Those made one after the other lie on cache lines of their own until the block
    /// has a word on every line, so a handful of hot locks do not slow each other down, while millions still take 4
    /// bytes each.
    ///
    /// The first 32 768 words of a program lie in memory that it keeps, where [#get], [#compareAndSet],
    /// [#compareAndExchange] and [#getAndAdd] take up to a nanosecond less.
    /// Beyond these the garbage collector frees a block once none of its 1024 words is in use: a single one that lives
    /// on keeps all 4 KiB. It does not see how much memory that is, so for every 32 MiB of new blocks without a
    /// collection in between the call that makes a word also calls [System#gc()].
    ///
    /// @param initial the first value
    /// @return a new word
    public static FutexWord local(int initial) {
        Words.Place place = Words.fresh(Integer.BYTES);
        FutexWord word = new FutexWord(place.words(), place.offset());
        if (initial != 0) {
            word.set(initial);
        }
        return word;
    }

    /// A word for threads of this JVM in memory of the caller. The value is left as it is.
    ///
    /// @param segment the memory that holds the word
    /// @param offset where in `segment`, in bytes
    /// @return a view of the word
    public static FutexWord local(MemorySegment segment, long offset) {
        return new FutexWord(Words.in(Futex.local(), MemoryChecks.requireWord(segment, offset)), offset);
    }

    /// A word in memory that other processes or native code share. The value is left as it is.
    ///
    /// @param segment the memory that holds the word
    /// @param offset where in `segment`, in bytes
    /// @return a view of the word
    public static FutexWord shared(MemorySegment segment, long offset) {
        return new FutexWord(Words.in(Futex.shared(), MemoryChecks.requireWord(segment, offset)), offset);
    }

    /// A word for threads of this JVM in a direct buffer, as of `allocateDirect` or `map`. The value is left as it is.
    ///
    /// The word keeps the buffer alive. It is in native byte order, whatever [ByteBuffer#order()] says.
    ///
    /// @param buffer the memory that holds the word; a heap buffer is refused
    /// @param index where in `buffer`, in bytes from its beginning and not from its position, as of
    ///     [ByteBuffer#getInt(int)]; the address is divisible by 4
    /// @return a view of the word
    public static FutexWord local(ByteBuffer buffer, int index) {
        return local(MemoryChecks.of(buffer), index);
    }

    /// As [#local(ByteBuffer, int)], in memory that other processes or native code share.
    ///
    /// @param buffer the memory that holds the word, mostly a mapped file; a heap buffer is refused
    /// @param index where in `buffer`, in bytes from its beginning and not from its position
    /// @return a view of the word
    public static FutexWord shared(ByteBuffer buffer, int index) {
        return shared(MemoryChecks.of(buffer), index);
    }

    // ---- loads and stores

    /// Returns the value, with the memory effects of a volatile read.
    ///
    /// @return the value
    public int get() {
        return words.get(at);
    }

    /// Returns the value, with the memory effects of a plain read.
    ///
    /// @return the value
    public int getPlain() {
        return words.getPlain(at);
    }

    /// Returns the value, with the memory effects of [java.lang.invoke.VarHandle#getOpaque].
    ///
    /// @return the value
    public int getOpaque() {
        return words.getOpaque(at);
    }

    /// Returns the value, with the memory effects of [java.lang.invoke.VarHandle#getAcquire].
    ///
    /// @return the value
    public int getAcquire() {
        return words.getAcquire(at);
    }

    /// Sets the value, with the memory effects of a volatile write.
    ///
    /// @param value the new value
    public void set(int value) {
        words.set(at, value);
    }

    /// Sets the value, with the memory effects of a plain write.
    ///
    /// @param value the new value
    public void setPlain(int value) {
        words.setPlain(at, value);
    }

    /// Sets the value, with the memory effects of [java.lang.invoke.VarHandle#setOpaque].
    ///
    /// @param value the new value
    public void setOpaque(int value) {
        words.setOpaque(at, value);
    }

    /// Sets the value, with the memory effects of [java.lang.invoke.VarHandle#setRelease].
    ///
    /// @param value the new value
    public void setRelease(int value) {
        words.setRelease(at, value);
    }

    /// The same as [#setRelease]; the name that AtomicInteger also has.
    ///
    /// @param value the new value
    public void lazySet(int value) {
        setRelease(value);
    }

    // ---- exchange

    /// Sets the value and returns the one before, with volatile effects.
    ///
    /// @param value the new value
    /// @return the value before
    public int getAndSet(int value) {
        return words.getAndSet(at, value);
    }

    /// Sets the value if it is the expected one, with volatile effects.
    ///
    /// @param expected the value to replace
    /// @param value the new value
    /// @return whether it was replaced
    public boolean compareAndSet(int expected, int value) {
        return words.compareAndSet(at, expected, value);
    }

    /// Sets the value if it is the expected one, with volatile effects.
    ///
    /// @param expected the value to replace
    /// @param value the new value
    /// @return the value found, which is `expected` if it was replaced
    public int compareAndExchange(int expected, int value) {
        return words.compareAndExchange(at, expected, value);
    }

    /// [#compareAndExchange] with [java.lang.invoke.VarHandle#compareAndExchangeAcquire]'s effects.
    ///
    /// @param expected the value to replace
    /// @param value the new value
    /// @return the value found
    public int compareAndExchangeAcquire(int expected, int value) {
        return words.compareAndExchangeAcquire(at, expected, value);
    }

    /// [#compareAndExchange] with [java.lang.invoke.VarHandle#compareAndExchangeRelease]'s effects.
    ///
    /// @param expected the value to replace
    /// @param value the new value
    /// @return the value found
    public int compareAndExchangeRelease(int expected, int value) {
        return words.compareAndExchangeRelease(at, expected, value);
    }

    /// Possibly sets the value if it is the expected one, with volatile effects; may fail spuriously.
    ///
    /// @param expected the value to replace
    /// @param value the new value
    /// @return whether it was replaced
    public boolean weakCompareAndSetVolatile(int expected, int value) {
        return words.weakCompareAndSet(at, expected, value);
    }

    /// [#weakCompareAndSetVolatile] with [java.lang.invoke.VarHandle#weakCompareAndSetAcquire]'s effects.
    ///
    /// @param expected the value to replace
    /// @param value the new value
    /// @return whether it was replaced
    public boolean weakCompareAndSetAcquire(int expected, int value) {
        return words.weakCompareAndSetAcquire(at, expected, value);
    }

    /// [#weakCompareAndSetVolatile] with [java.lang.invoke.VarHandle#weakCompareAndSetRelease]'s effects.
    ///
    /// @param expected the value to replace
    /// @param value the new value
    /// @return whether it was replaced
    public boolean weakCompareAndSetRelease(int expected, int value) {
        return words.weakCompareAndSetRelease(at, expected, value);
    }

    /// [#weakCompareAndSetVolatile] with plain effects.
    ///
    /// @param expected the value to replace
    /// @param value the new value
    /// @return whether it was replaced
    public boolean weakCompareAndSetPlain(int expected, int value) {
        return words.weakCompareAndSetPlain(at, expected, value);
    }

    // ---- arithmetic

    /// Adds and returns the value before, with volatile effects. Overflow wraps.
    ///
    /// @param delta what to add
    /// @return the value before
    public int getAndAdd(int delta) {
        return words.getAndAdd(at, delta);
    }

    /// Adds and returns the value after, with volatile effects. Overflow wraps.
    ///
    /// @param delta what to add
    /// @return the value after
    public int addAndGet(int delta) {
        return getAndAdd(delta) + delta;
    }

    /// Adds 1 and returns the value before.
    ///
    /// @return the value before
    public int getAndIncrement() {
        return getAndAdd(1);
    }

    /// Subtracts 1 and returns the value before.
    ///
    /// @return the value before
    public int getAndDecrement() {
        return getAndAdd(-1);
    }

    /// Adds 1 and returns the value after.
    ///
    /// @return the value after
    public int incrementAndGet() {
        return getAndAdd(1) + 1;
    }

    /// Subtracts 1 and returns the value after.
    ///
    /// @return the value after
    public int decrementAndGet() {
        return getAndAdd(-1) - 1;
    }

    // ---- bits

    /// Sets the bits of the mask and returns the value before, with volatile effects.
    ///
    /// @param mask the bits to set
    /// @return the value before
    public int getAndBitwiseOr(int mask) {
        return words.getAndBitwiseOr(at, mask);
    }

    /// Keeps only the bits of the mask and returns the value before, with volatile effects.
    ///
    /// @param mask the bits to keep
    /// @return the value before
    public int getAndBitwiseAnd(int mask) {
        return words.getAndBitwiseAnd(at, mask);
    }

    // ---- functions

    /// Replaces the value by a function of it and returns the one before.
    ///
    /// @param update free of side effects, since it may be applied again when another thread comes between
    /// @return the value before
    public int getAndUpdate(IntUnaryOperator update) {
        int found = get();
        for (; ; ) {
            int witness = compareAndExchange(found, update.applyAsInt(found));
            if (witness == found) {
                return found;
            }
            found = witness;
        }
    }

    /// Replaces the value by a function of it and returns the one after.
    ///
    /// @param update free of side effects, since it may be applied again when another thread comes between
    /// @return the value after
    public int updateAndGet(IntUnaryOperator update) {
        int found = get();
        for (; ; ) {
            int value = update.applyAsInt(found);
            int witness = compareAndExchange(found, value);
            if (witness == found) {
                return value;
            }
            found = witness;
        }
    }

    /// Replaces the value by a function of it and `x`, and returns the one before.
    ///
    /// @param x the second operand
    /// @param accumulate free of side effects; its first operand is the value
    /// @return the value before
    public int getAndAccumulate(int x, IntBinaryOperator accumulate) {
        return getAndUpdate(found -> accumulate.applyAsInt(found, x));
    }

    /// Replaces the value by a function of it and `x`, and returns the one after.
    ///
    /// @param x the second operand
    /// @param accumulate free of side effects; its first operand is the value
    /// @return the value after
    public int accumulateAndGet(int x, IntBinaryOperator accumulate) {
        return updateAndGet(found -> accumulate.applyAsInt(found, x));
    }

    // ---- waiting

    /// Sleeps while the word holds `expected`; as [Futex#wait(MemorySegment, int)], so it stands in a loop.
    ///
    /// @param expected the value for which to sleep
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    public WaitResult await(int expected) throws InterruptedException {
        return awaitUntil(expected, Deadline.FOREVER);
    }

    /// Sleeps while the word holds `expected`; as [Futex#wait(MemorySegment, int, long, TimeUnit)].
    ///
    /// @param expected the value for which to sleep
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned, as a hint
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    public WaitResult await(int expected, long timeout, TimeUnit unit) throws InterruptedException {
        return awaitUntil(expected, Deadline.after(timeout, Objects.requireNonNull(unit, "unit")));
    }

    /// Sleeps while the word holds `expected`; as [Futex#waitUninterruptibly(MemorySegment, int)].
    ///
    /// @param expected the value for which to sleep
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    public WaitResult awaitUninterruptibly(int expected) {
        return awaitUntilUninterruptibly(expected, Deadline.FOREVER);
    }

    /// Sleeps while the word holds `expected`; as [Futex#waitUninterruptibly(MemorySegment, int, long, TimeUnit)].
    ///
    /// @param expected the value for which to sleep
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned, as a hint
    public WaitResult awaitUninterruptibly(int expected, long timeout, TimeUnit unit) {
        return awaitUntilUninterruptibly(expected, Deadline.after(timeout, Objects.requireNonNull(unit, "unit")));
    }

    /// Sleeps while the word holds `expected`, up to a point in time; as [Futex#waitUntil].
    ///
    /// @param expected the value for which to sleep
    /// @param deadlineNanos on [System#nanoTime()]'s clock, not a duration; [Long#MAX_VALUE] is for ever
    /// @return why it returned, as a hint
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    public WaitResult awaitUntil(int expected, long deadlineNanos) throws InterruptedException {
        return words.futex.waitUntil(words.segment, at, expected, deadlineNanos);
    }

    /// As [#awaitUntil], but an interrupt does not end it: the status is kept for the caller.
    ///
    /// @param expected the value for which to sleep
    /// @param deadlineNanos on [System#nanoTime()]'s clock, not a duration; [Long#MAX_VALUE] is for ever
    /// @return why it returned, as a hint
    public WaitResult awaitUntilUninterruptibly(int expected, long deadlineNanos) {
        return words.futex.waitUntilUninterruptibly(words.segment, at, expected, deadlineNanos);
    }

    /// Sleeps until the word holds another value: the loop around [#await(int)], written once.
    ///
    /// A value that changes and changes back while this thread sleeps may go unseen.
    ///
    /// Where the change often comes within microseconds, as one by another processor may, this looks for up to 18
    /// microseconds before it sleeps, and so spares both sides the way through the system; where looks have been in
    /// vain of late, it sleeps at once. It never yields. [#await(int)] does not look again.
    ///
    /// @param expected the value to see the end of
    /// @return the value that differs, read with acquire effects
    /// @throws InterruptedException if the thread was interrupted before the change was seen
    public int awaitChange(int expected) throws InterruptedException {
        int value = getAcquire();
        if (value == expected) {
            look(expected, Deadline.FOREVER);
            while ((value = getAcquire()) == expected) {
                await(expected);
            }
        }
        return value;
    }

    /// [#awaitChange(int)] for a limited time.
    ///
    /// @param expected the value to see the end of
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return whether the word was seen to differ, with acquire effects
    /// @throws InterruptedException if the thread was interrupted before the change was seen
    public boolean awaitChange(int expected, long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        if (getAcquire() != expected) {
            return true;
        }
        long deadline = Deadline.after(timeout, unit);
        if (deadline != Deadline.PAST) {
            look(expected, deadline);
        }
        while (getAcquire() == expected) {
            if (awaitUntil(expected, deadline) == WaitResult.TIMED_OUT) {
                return getAcquire() != expected;
            }
        }
        return true;
    }

    private void look(int expected, long deadline) {
        int before = gain;
        gain = Gain.next(before, Gain.pays(before) && Gain.seesChange(words, at, expected, deadline));
    }

    // ---- waking

    /// Wakes one waiter; as [Futex#wakeOne(MemorySegment)].
    ///
    /// @return how many threads were woken (0 or 1), or [Futex#UNKNOWN]
    public int wakeOne() {
        return words.futex.wakeOne(words.segment, at);
    }

    /// Wakes every waiter; as [Futex#wakeAll(MemorySegment)].
    ///
    /// @return how many threads were woken, or [Futex#UNKNOWN]
    public int wakeAll() {
        return words.futex.wakeAll(words.segment, at);
    }

    /// Wakes up to `count` waiters; as [Futex#wake(MemorySegment, int)].
    ///
    /// @param count how many at most; 0 wakes nobody
    /// @return how many threads were woken, or [Futex#UNKNOWN]
    /// @throws IllegalArgumentException if `count` is negative
    public int wake(int count) {
        return words.futex.wake(words.segment, at, count);
    }

    /// The 4 bytes of this word.
    ///
    /// @return a slice of the memory that holds it
    public MemorySegment segment() {
        return words.segment.asSlice(at, Integer.BYTES);
    }

    /// The value in decimal, as AtomicInteger's.
    @Override
    public String toString() {
        return Integer.toString(get());
    }
}
