package io.futex.internal;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Who waits on local words: counts of waiters by hashed address, so that a wake which nobody needs is one fence and
/// one read, and queues of the parked ones.
///
/// ```
/// waiter                            waker
/// count++        (full fence)       word = new value
/// word == expected?  sleep          full fence
///                                   count == 0?  return
/// ```
///
/// Each writes one and then reads the other, with a full fence in between. So either the waiter sees the new word and
/// does not sleep, or the waker sees the count and wakes. Without either fence both could read the old value from
/// before the other's write, and the waiter would sleep for ever.
///
/// Words share buckets, so a count says "perhaps": too high costs a needless wake, and it is never too low.
final class WaitTable {
    /// Enough that the threads of a large machine rarely share a bucket by chance; 128 KiB.
    private static final int BITS = 10;

    /// Longs between two counts: two cache lines, since some processors fetch lines in pairs.
    private static final int STRIDE_SHIFT = 4;

    /// 2^64 / golden ratio: multiplying by it spreads neighbouring addresses over the table (Knuth, TAOCP 3, 6.4).
    private static final long FIBONACCI = 0x9E37_79B9_7F4A_7C15L;

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    static final long ONE_NATIVE = 1;
    static final long ONE_PARKED = 1L << Integer.SIZE;

    /// Waiters asleep in the system, or on their way there, in the low half; parked ones in the high half.
    private final long[] counts;

    private final Bucket[] buckets;
    private final int shift;

    WaitTable() {
        this(BITS);
    }

    WaitTable(int bits) {
        int size = 1 << bits;
        counts = new long[(size + 1) << STRIDE_SHIFT];
        buckets = new Bucket[size];
        for (int i = 0; i < size; i++) {
            buckets[i] = new Bucket();
        }
        shift = Long.SIZE - bits;
    }

    int bucket(MemorySegment base, long offset) {
        return (int) (hash(base.address() + offset) >>> shift);
    }

    /// Another for each word.
    static long hash(long address) {
        return (address >>> 2) * FIBONACCI;
    }

    /// The parked waiters of all words of a bucket.
    Bucket parked(int bucket) {
        return buckets[bucket];
    }

    /// Counts one waiter of a kind in, or out. A full fence: see above.
    void add(int bucket, long waiter) {
        var unused = (long) COUNT.getAndAdd(counts, index(bucket), waiter);
    }

    /// The counts of a bucket as a waker must read them, after its write to the word.
    long waiters(int bucket) {
        VarHandle.fullFence(); // the word before the count; see above
        return (long) COUNT.getOpaque(counts, index(bucket));
    }

    static boolean hasNative(long waiters) {
        return (int) waiters != 0;
    }

    static boolean hasParked(long waiters) {
        return (int) (waiters >>> Integer.SIZE) != 0;
    }

    private static int index(int bucket) {
        return (bucket + 1) << STRIDE_SHIFT;
    }
}
