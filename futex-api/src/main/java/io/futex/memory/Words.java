package io.futex.memory;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Memory that holds words, and the futex on which all their users have agreed. A synchronizer is some of these words,
/// at an offset.
///
/// This is the seam at which a model checker sees every access: in production there is one subclass, so that every call
/// inlines; tests bring one on the heap, with a queue of its own. What is not abstract here does more than it must,
/// which is all the same to a model.
///
/// An offset is in bytes, of a place that the caller has checked. Each access has the memory effects of the
/// [java.lang.invoke.VarHandle] access mode of its name; one without a suffix is volatile.
public abstract class Words {
    /// The futex on which the users of the words agree.
    public final Futex futex;

    /// What holds the words.
    public final MemorySegment segment;

    /// Only ever extended here and by tests.
    ///
    /// @param futex see there
    /// @param segment see there
    protected Words(Futex futex, MemorySegment segment) {
        this.futex = futex;
        this.segment = segment;
    }

    /// What fresh words wait on. Given from outside: who chooses it has the first words made, and they may not ask
    /// back.
    private static @Nullable Futex local;

    /// Does once, for nobody, what takes class initialisers, on a stack that has room for them.
    ///
    /// @param local what fresh words wait on
    public static void warmUp(Futex local) {
        Words.local = local;
        Place place = Slab.allocate(2 * Long.BYTES);
        Words view = LastView.of(local, place.words().segment);
        long at = place.offset();
        boolean unused = view.compareAndSetLong(at, view.getLong(at), 0)
                && view.compareAndSet(at, view.get(at), 0)
                && compareAndSet(view.segment, at, getAndAdd(view.segment, at, 0), 0)
                && get(view.segment, at) == 0;
    }

    static Futex local() {
        return Objects.requireNonNull(local);
    }

    // ---- on words that have no object

    /// The value of a word.
    ///
    /// @param segment holds the word
    /// @param at where
    /// @return its value
    public static int get(MemorySegment segment, long at) {
        return (int) SegmentWords.INT.getVolatile(segment, at);
    }

    /// Replaces the value of a word, if it is the one expected.
    ///
    /// @param segment holds the word
    /// @param at where
    /// @param expected the value to replace
    /// @param value the new value
    /// @return whether it was replaced
    public static boolean compareAndSet(MemorySegment segment, long at, int expected, int value) {
        return SegmentWords.INT.compareAndSet(segment, at, expected, value);
    }

    /// Adds to a word.
    ///
    /// @param segment holds the word
    /// @param at where
    /// @param delta what to add
    /// @return the value before
    public static int getAndAdd(MemorySegment segment, long at, int delta) {
        return (int) SegmentWords.INT.getAndAdd(segment, at, delta);
    }

    // ---- places

    /// Fresh words for threads of this JVM, zeroed, which lie on one cache line.
    ///
    /// @param bytes how many, a multiple of 4 and at most 16
    /// @return where they are; the memory lives as long as anybody holds its [Place#words]
    public static Place fresh(int bytes) {
        Futex unused = Futex.local(); // which has the first words made
        return Slab.allocate(bytes);
    }

    /// Words in memory of the caller.
    ///
    /// @param futex which futex the users of the words agree on
    /// @param segment holds the words
    /// @return a view
    public static Words in(Futex futex, MemorySegment segment) {
        return new SegmentWords(futex, segment);
    }

    /// As [#in], for a call that has no object and must not allocate: the view that this thread has used last, if that
    /// is one of the same segment.
    ///
    /// @param futex which futex the users of the words agree on
    /// @param segment holds the words
    /// @return a view
    public static Words viewOf(Futex futex, MemorySegment segment) {
        return LastView.of(futex, segment);
    }

    /// Where fresh words are.
    ///
    /// @param words the memory
    /// @param offset in there
    public record Place(Words words, long offset) {}

    // ---- loads and stores, of the word at an offset

    public abstract int get(long at);

    public int getPlain(long at) {
        return get(at);
    }

    public int getOpaque(long at) {
        return get(at);
    }

    public int getAcquire(long at) {
        return get(at);
    }

    public abstract void set(long at, int value);

    public void setPlain(long at, int value) {
        set(at, value);
    }

    public void setOpaque(long at, int value) {
        set(at, value);
    }

    public void setRelease(long at, int value) {
        set(at, value);
    }

    // ---- steps: the value before, or whether it was the one expected and has been replaced

    public abstract int compareAndExchange(long at, int expected, int value);

    public int compareAndExchangeAcquire(long at, int expected, int value) {
        return compareAndExchange(at, expected, value);
    }

    public int compareAndExchangeRelease(long at, int expected, int value) {
        return compareAndExchange(at, expected, value);
    }

    public boolean compareAndSet(long at, int expected, int value) {
        return compareAndExchange(at, expected, value) == expected;
    }

    public boolean weakCompareAndSet(long at, int expected, int value) {
        return compareAndSet(at, expected, value);
    }

    public boolean weakCompareAndSetAcquire(long at, int expected, int value) {
        return compareAndSet(at, expected, value);
    }

    public boolean weakCompareAndSetRelease(long at, int expected, int value) {
        return compareAndSet(at, expected, value);
    }

    public boolean weakCompareAndSetPlain(long at, int expected, int value) {
        return compareAndSet(at, expected, value);
    }

    public abstract int getAndSet(long at, int value);

    public abstract int getAndAdd(long at, int delta);

    public abstract int getAndBitwiseOr(long at, int mask);

    public abstract int getAndBitwiseAnd(long at, int mask);

    // ---- two words as one, at an offset such that their address is divisible by 8

    public abstract long getLong(long at);

    public long getLongAcquire(long at) {
        return getLong(at);
    }

    public abstract long compareAndExchangeLong(long at, long expected, long value);

    public boolean compareAndSetLong(long at, long expected, long value) {
        return compareAndExchangeLong(at, expected, value) == expected;
    }

    // ---- waiting and waking

    /// Sleeps while the word holds `expected`, as [Futex#waitUntil] and [Futex#waitUntilUninterruptibly].
    ///
    /// @param at the word
    /// @param expected the value for which to sleep
    /// @param deadline on [System#nanoTime()]'s clock; [Long#MAX_VALUE] is for ever
    /// @param interruptible whether an interrupt ends it; else the status is kept
    /// @return why it returned, as a hint
    /// @throws InterruptedException only if `interruptible`
    public abstract WaitResult await(long at, int expected, long deadline, boolean interruptible)
            throws InterruptedException;

    /// Wakes up to `count` waiters, as [Futex#wake(MemorySegment, long, int)].
    ///
    /// @param at the word
    /// @param count how many at most
    /// @return how many threads were woken, or [Futex#UNKNOWN]
    public abstract int wake(long at, int count);

    /// As [#wake], for who will rely on the woken thread from now on, and wake nobody else before that one has run: the
    /// system runs a platform thread, and a virtual one may have no carrier for as long as others like. So platform
    /// threads come first.
    ///
    /// @param at the word
    /// @param count how many at least, if there are so many; a few more may be woken, lest virtual threads starve
    public abstract void wakeEntrants(long at, int count);
}
