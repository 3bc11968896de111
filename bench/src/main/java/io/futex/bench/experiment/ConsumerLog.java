package io.futex.bench.experiment;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.FutexWord;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// What a consumer has received, in memory that the producer sees too, perhaps from another process.
///
/// A message is the time at which it was sent, or one of the orders below. A time is kept as a latency.
final class ConsumerLog {
    /// Counted, not timed.
    static final long FILLER = 0;
    /// Note the processor time used so far, and begin a new count of latencies.
    static final long MARK = -1;
    /// Sleep until the producer's next turn, so that no strategy burns a processor while another one is measured.
    static final long REST = -2;
    /// The last message.
    static final long STOP = -3;

    static final int MOST_LATENCIES = 1 << 16;
    static final long BYTES = 512 + Long.BYTES * (long) MOST_LATENCIES;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final VarHandle LONG = JAVA_LONG.varHandle().withInvokeExactBehavior();

    // Each on a cache line that only one side writes.
    private static final long TURN = 0;
    private static final long RECEIVED = 128;
    private static final long LATENCIES = 256;
    private static final long CPU = 264;
    private static final long MARKED = 272;
    private static final long FIRST_LATENCY = 512;

    private final MemorySegment memory;
    private final FutexWord turn;

    /// @param memory zero at the begin
    ConsumerLog(MemorySegment memory, boolean shared) {
        this.memory = memory;
        this.turn = shared ? FutexWord.shared(memory, TURN) : FutexWord.local(memory, TURN);
    }

    /// By the consumer.
    ///
    /// @return whether there will be more
    boolean accept(long message) {
        if (message > 0) {
            long latency = System.nanoTime() - message;
            long count = memory.get(JAVA_LONG, LATENCIES);
            if (count < MOST_LATENCIES) {
                memory.set(JAVA_LONG, FIRST_LATENCY + Long.BYTES * count, latency);
                memory.set(JAVA_LONG, LATENCIES, count + 1);
            }
        } else if (message == MARK) {
            memory.set(JAVA_LONG, CPU, THREADS.getCurrentThreadCpuTime());
            memory.set(JAVA_LONG, MARKED, System.nanoTime());
            memory.set(JAVA_LONG, LATENCIES, 0);
        }
        int seen = turn.get(); // before the receipt, after which the next turn may come at any time
        LONG.setRelease(memory, RECEIVED, received() + 1);
        if (message == REST) {
            rest(seen);
        }
        return message != STOP;
    }

    private void rest(int seen) {
        try {
            turn.awaitChange(seen);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// By the producer: ends the consumer's rest.
    void wake() {
        turn.getAndIncrement();
        turn.wakeAll();
    }

    long received() {
        return (long) LONG.getAcquire(memory, RECEIVED);
    }

    /// The last mark.
    Mark mark() {
        return new Mark(memory.get(JAVA_LONG, CPU), memory.get(JAVA_LONG, MARKED));
    }

    /// Where the consumer was when it came to a mark.
    ///
    /// @param cpu its processor time, in nanoseconds
    /// @param time as of `System.nanoTime`
    record Mark(long cpu, long time) {
        /// How much of the time between two marks the consumer had a processor.
        double percentSince(Mark other) {
            return 100.0 * (cpu - other.cpu) / (time - other.time);
        }
    }

    /// All since the last mark, in nanoseconds.
    double[] latencies() {
        double[] all = new double[(int) memory.get(JAVA_LONG, LATENCIES)];
        for (int i = 0; i < all.length; i++) {
            all[i] = memory.get(JAVA_LONG, FIRST_LATENCY + Long.BYTES * (long) i);
        }
        return all;
    }
}
