package io.futex.memory;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntUnaryOperator;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;

/// Words on the heap with a queue of their own, for model checkers: they see every access, and every sleep.
///
/// A wake is for whoever has slept on the word for longest, unless the lottery is one in which it may be for anybody.
///
/// Time does not pass here. A wait with a deadline, and one that may be interrupted, ends when a thread of the test
/// says so by [#timeOutOne] or [#interruptOne], which the checker tries at every moment.
public class ModelWords extends Words {
    private static final int ANY = 0;
    private static final int TIMED = 1;
    private static final int INTERRUPTIBLE = 2;

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    /// Two words each.
    private final AtomicLong[] pairs;

    private final ModelScheduler scheduler;
    /// Guarded by itself.
    private final Deque<Waiter> queue = new ArrayDeque<>();

    private static final class Waiter {
        final Thread thread = Thread.currentThread();
        final long at;
        final boolean timed;
        final boolean interruptible;
        volatile boolean asleep = true;
        // Written before `asleep` is cleared.
        WaitResult result = WaitResult.WOKEN;
        boolean interrupted;

        Waiter(long at, boolean timed, boolean interruptible) {
            this.at = at;
            this.timed = timed;
            this.interruptible = interruptible;
        }

        boolean is(long where, int kind) {
            return at == where && (kind == ANY || (kind == TIMED ? timed : interruptible));
        }

        void rouse() {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    /// For Lincheck, which sees all there is to see.
    ///
    /// @param bytes how many
    public ModelWords(int bytes) {
        this(bytes, null);
    }

    /// @param bytes how many; all of them are zero
    /// @param scheduler decides who comes next before each access, or null
    public ModelWords(int bytes, ModelScheduler scheduler) {
        super(Futex.local(), MemorySegment.NULL); // for nobody: all that is done here is done on the heap
        this.scheduler = scheduler;
        pairs = new AtomicLong[(bytes + Long.BYTES - 1) / Long.BYTES];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = new AtomicLong();
        }
    }

    /// What a checker may take for one step: nobody blocks in there, and who is woken is told outside.
    ///
    /// @return for [org.jetbrains.lincheck.datastructures.ModelCheckingOptions#addGuarantee]
    public static ManagedStrategyGuarantee atomicParts() {
        return ManagedStrategyGuaranteeKt.forClasses(ModelWords.class.getName())
                .methods("enqueue", "dequeue", "exchange")
                .treatAsAtomic();
    }

    /// Presets a word, before the test begins.
    ///
    /// @param at the word
    /// @param value its value
    /// @return this
    public final ModelWords with(long at, int value) {
        exchange(at, peek(at), value);
        return this;
    }

    /// The value, without being a step: for the test that looks on.
    ///
    /// @param at the word
    /// @return its value
    public final int peek(long at) {
        return (int) (pairs[pair(at)].get() >>> shift(at));
    }

    /// The value of two words, without being a step.
    ///
    /// @param at the words
    /// @return their value
    public final long peekLong(long at) {
        return pairs[pair(at)].get();
    }

    /// How many sleep on a word, without being a step.
    ///
    /// @param at the word
    /// @return the number
    public final int sleepers(long at) {
        synchronized (queue) {
            return count(at);
        }
    }

    // ---- what a test does to sleepers

    /// Ends the wait of one thread that sleeps with a deadline, if there is one.
    ///
    /// @param at the word
    public final void timeOutOne(long at) {
        Waiter waiter = dequeue(at, TIMED);
        if (waiter != null) {
            waiter.result = WaitResult.TIMED_OUT;
            waiter.rouse();
        }
    }

    /// Interrupts one thread that sleeps interruptibly, if there is one.
    ///
    /// @param at the word
    public final void interruptOne(long at) {
        Waiter waiter = dequeue(at, INTERRUPTIBLE);
        if (waiter != null) {
            waiter.interrupted = true;
            waiter.rouse();
        }
    }

    // ---- the queue

    /// Compares the word and goes to sleep, in one step with respect to wakes.
    private boolean enqueue(Waiter waiter, int expected) {
        step();
        synchronized (queue) {
            return peek(waiter.at) == expected && queue.add(waiter);
        }
    }

    private int count(long at) {
        int count = 0;
        for (Waiter waiter : queue) {
            count += waiter.at == at ? 1 : 0;
        }
        return count;
    }

    private Waiter dequeue(long at, int kind) {
        step();
        synchronized (queue) {
            int left = scheduler == null ? 0 : scheduler.drawSleeper(count(at));
            Waiter found = null;
            for (Waiter waiter : queue) {
                if (waiter.is(at, kind)) {
                    found = waiter;
                    if (--left < 0) {
                        break;
                    }
                }
            }
            if (found != null) {
                queue.remove(found);
            }
            return found;
        }
    }

    // ---- waiting and waking

    @Override
    public WaitResult await(long at, int expected, long deadline, boolean interruptible) throws InterruptedException {
        Waiter waiter = new Waiter(at, deadline != Long.MAX_VALUE, interruptible);
        if (!enqueue(waiter, expected)) {
            return WaitResult.CHANGED;
        }
        if (scheduler != null) {
            scheduler.block(() -> !waiter.asleep);
        }
        while (waiter.asleep) {
            LockSupport.park(this);
        }
        if (waiter.interrupted) {
            throw new InterruptedException();
        }
        return waiter.result;
    }

    @Override
    public int wake(long at, int count) {
        int woken = 0;
        while (woken < count) {
            Waiter waiter = dequeue(at, ANY);
            if (waiter == null) {
                break;
            }
            waiter.rouse();
            woken++;
        }
        return woken;
    }

    @Override
    public void wakeEntrants(long at, int count) {
        wake(at, count);
    }

    // ---- accesses

    private void step() {
        if (scheduler != null) {
            scheduler.step();
        }
    }

    private static int pair(long at) {
        return (int) (at / Long.BYTES);
    }

    private static int shift(long at) {
        return (at % Long.BYTES == 0) == LITTLE_ENDIAN ? 0 : Integer.SIZE;
    }

    /// Replaces one word of two.
    private int exchange(long at, int expected, int value) {
        AtomicLong pair = pairs[pair(at)];
        int shift = shift(at);
        long mask = 0xFFFF_FFFFL << shift;
        for (; ; ) {
            long found = pair.get();
            int witness = (int) (found >>> shift);
            if (witness != expected
                    || pair.compareAndSet(found, (found & ~mask) | Integer.toUnsignedLong(value) << shift)) {
                return witness;
            }
        }
    }

    /// In a step of its own; nobody comes between the look and the exchange.
    private int change(long at, IntUnaryOperator update) {
        step();
        for (; ; ) {
            int found = peek(at);
            if (exchange(at, found, update.applyAsInt(found)) == found) {
                return found;
            }
        }
    }

    @Override
    public int get(long at) {
        step();
        return peek(at);
    }

    @Override
    public void set(long at, int value) {
        change(at, found -> value);
    }

    @Override
    public int compareAndExchange(long at, int expected, int value) {
        step();
        return exchange(at, expected, value);
    }

    @Override
    public int getAndSet(long at, int value) {
        return change(at, found -> value);
    }

    @Override
    public int getAndAdd(long at, int delta) {
        return change(at, found -> found + delta);
    }

    @Override
    public int getAndBitwiseOr(long at, int mask) {
        return change(at, found -> found | mask);
    }

    @Override
    public int getAndBitwiseAnd(long at, int mask) {
        return change(at, found -> found & mask);
    }

    @Override
    public long getLong(long at) {
        step();
        return pairs[pair(at)].get();
    }

    @Override
    public long compareAndExchangeLong(long at, long expected, long value) {
        step();
        return pairs[pair(at)].compareAndExchange(expected, value);
    }
}
