package io.futex.bench.experiment;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What the parties of a channel count, which anybody may look at meanwhile.
final class Tally {
    /// No two parties write on one cache line.
    private static final int PADDED = 32;

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] counts;
    private final AtomicLong sum = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean isOver;

    Tally(int parties) {
        counts = new long[PADDED * (parties + 1)];
    }

    /// How many values a party has received, or else has had done with.
    void count(int party, long count) {
        COUNT.setOpaque(counts, PADDED * (party + 1), count);
    }

    long total() {
        long total = 0;
        for (int at = PADDED; at < counts.length; at += PADDED) {
            total += (long) COUNT.getOpaque(counts, at);
        }
        return total;
    }

    /// Whether senders shall send a last value.
    boolean isOver() {
        return isOver;
    }

    void end() {
        isOver = true;
    }

    /// At the end of a party: what its values add up to.
    void sent(long numbers) {
        sum.addAndGet(numbers);
    }

    /// See [#sent].
    void received(long numbers) {
        sum.addAndGet(-numbers);
    }

    /// Ends everything: a party has failed.
    void fail(Throwable e) {
        failure.compareAndSet(null, e);
        end();
    }

    /// @throws IllegalStateException if a party has failed, or a value was lost or came twice
    void check() {
        Throwable e = failure.get();
        if (e != null) {
            throw new IllegalStateException("a party has failed: " + e, e);
        }
        if (sum.get() != 0) {
            throw new IllegalStateException("not each value was received once");
        }
    }
}
