package io.futex;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;

/// A word on the heap with a queue of its own, for model checkers: they see every access to it, and every sleep.
///
/// A wake is for whoever has slept for longest, unless the lottery is one in which it may be for anybody.
///
/// Time does not pass here. A wait with a deadline, and one that may be interrupted, ends when a thread of the test
/// says so by [#timeOutOne] or [#interruptOne], which the checker tries at every moment.
public class ModelWord extends FutexWord {
    private static final int ANY = 0;
    private static final int TIMED = 1;
    private static final int INTERRUPTIBLE = 2;

    private final AtomicInteger value;
    private final ModelWordScheduler scheduler;
    /// Guarded by itself.
    private final Deque<Waiter> queue = new ArrayDeque<>();

    private static final class Waiter {
        final Thread thread = Thread.currentThread();
        final boolean timed;
        final boolean interruptible;
        volatile boolean asleep = true;
        // Written before `asleep` is cleared.
        WaitResult result = WaitResult.WOKEN;
        boolean interrupted;

        Waiter(boolean timed, boolean interruptible) {
            this.timed = timed;
            this.interruptible = interruptible;
        }

        void rouse() {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    /// For Lincheck, which sees all there is to see.
    ///
    /// @param initial the first value
    public ModelWord(int initial) {
        this(initial, null);
    }

    /// @param initial the first value
    /// @param scheduler decides who comes next before each access, or null
    public ModelWord(int initial, ModelWordScheduler scheduler) {
        this.value = new AtomicInteger(initial);
        this.scheduler = scheduler;
    }

    /// What a checker may take for one step: nobody blocks in there, and who is woken is told outside.
    ///
    /// @return for [org.jetbrains.lincheck.datastructures.ModelCheckingOptions#addGuarantee]
    public static ManagedStrategyGuarantee queueIsAtomic() {
        return ManagedStrategyGuaranteeKt.forClasses(ModelWord.class.getName())
                .methods("enqueue", "dequeue")
                .treatAsAtomic();
    }

    /// The value, without being a step: for the test that looks on.
    ///
    /// @return the value
    public final int peek() {
        return value.get();
    }

    // ---- what a test does to sleepers

    /// Ends the wait of one thread that sleeps with a deadline, if there is one.
    public final void timeOutOne() {
        Waiter waiter = dequeue(TIMED);
        if (waiter != null) {
            waiter.result = WaitResult.TIMED_OUT;
            waiter.rouse();
        }
    }

    /// Interrupts one thread that sleeps interruptibly, if there is one.
    public final void interruptOne() {
        Waiter waiter = dequeue(INTERRUPTIBLE);
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
            return value.get() == expected && queue.add(waiter);
        }
    }

    private Waiter dequeue(int kind) {
        step();
        synchronized (queue) {
            int left = scheduler == null ? 0 : scheduler.drawSleeper(queue.size());
            Waiter found = null;
            for (Waiter waiter : queue) {
                if (kind == ANY || (kind == TIMED ? waiter.timed : waiter.interruptible)) {
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

    // ---- waiting

    private WaitResult sleep(int expected, long deadline, boolean interruptible) throws InterruptedException {
        Waiter waiter = new Waiter(deadline != Long.MAX_VALUE, interruptible);
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

    private WaitResult sleepUninterruptibly(int expected, long deadline) {
        try {
            return sleep(expected, deadline, false);
        } catch (InterruptedException e) {
            throw new AssertionError("a model interrupts by interruptOne alone", e);
        }
    }

    @Override
    public WaitResult await(int expected) throws InterruptedException {
        return sleep(expected, Long.MAX_VALUE, true);
    }

    @Override
    public WaitResult await(int expected, long timeout, TimeUnit unit) throws InterruptedException {
        return timeout <= 0 ? look(expected) : sleep(expected, 0, true);
    }

    @Override
    public WaitResult awaitUninterruptibly(int expected) {
        return sleepUninterruptibly(expected, Long.MAX_VALUE);
    }

    @Override
    public WaitResult awaitUninterruptibly(int expected, long timeout, TimeUnit unit) {
        return timeout <= 0 ? look(expected) : sleepUninterruptibly(expected, 0);
    }

    @Override
    public WaitResult awaitUntil(int expected, long deadlineNanos) throws InterruptedException {
        return sleep(expected, deadlineNanos, true);
    }

    @Override
    public WaitResult awaitUntilUninterruptibly(int expected, long deadlineNanos) {
        return sleepUninterruptibly(expected, deadlineNanos);
    }

    private WaitResult look(int expected) {
        return value.get() == expected ? WaitResult.TIMED_OUT : WaitResult.CHANGED;
    }

    // ---- waking

    @Override
    public int wakeOne() {
        return wake(1);
    }

    @Override
    public int wakeAll() {
        return wake(Integer.MAX_VALUE);
    }

    @Override
    public int wake(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("cannot wake " + count + " threads");
        }
        int woken = 0;
        while (woken < count) {
            Waiter waiter = dequeue(ANY);
            if (waiter == null) {
                break;
            }
            waiter.rouse();
            woken++;
        }
        return woken;
    }

    /// A copy: nobody can sleep on it.
    @Override
    public MemorySegment segment() {
        MemorySegment copy = Arena.ofAuto().allocate(Integer.BYTES, Integer.BYTES);
        copy.set(ValueLayout.JAVA_INT, 0, value.get());
        return copy.asReadOnly();
    }

    // ---- accesses

    private void step() {
        if (scheduler != null) {
            scheduler.step();
        }
    }

    @Override
    public int get() {
        step();
        return value.get();
    }

    @Override
    public int getPlain() {
        step();
        return value.getPlain();
    }

    @Override
    public int getOpaque() {
        step();
        return value.getOpaque();
    }

    @Override
    public int getAcquire() {
        step();
        return value.getAcquire();
    }

    @Override
    public void set(int newValue) {
        step();
        value.set(newValue);
    }

    @Override
    public void setPlain(int newValue) {
        step();
        value.setPlain(newValue);
    }

    @Override
    public void setOpaque(int newValue) {
        step();
        value.setOpaque(newValue);
    }

    @Override
    public void setRelease(int newValue) {
        step();
        value.setRelease(newValue);
    }

    @Override
    public int getAndSet(int newValue) {
        step();
        return value.getAndSet(newValue);
    }

    @Override
    public int getAndSetAcquire(int newValue) {
        step();
        return value.getAndSet(newValue);
    }

    @Override
    public int getAndSetRelease(int newValue) {
        step();
        return value.getAndSet(newValue);
    }

    @Override
    public boolean compareAndSet(int expected, int newValue) {
        return compareAndExchange(expected, newValue) == expected;
    }

    @Override
    public int compareAndExchange(int expected, int newValue) {
        step();
        return value.compareAndExchange(expected, newValue);
    }

    @Override
    public int compareAndExchangeAcquire(int expected, int newValue) {
        step();
        return value.compareAndExchangeAcquire(expected, newValue);
    }

    @Override
    public int compareAndExchangeRelease(int expected, int newValue) {
        step();
        return value.compareAndExchangeRelease(expected, newValue);
    }

    @Override
    public boolean weakCompareAndSetVolatile(int expected, int newValue) {
        step();
        return value.weakCompareAndSetVolatile(expected, newValue);
    }

    @Override
    public boolean weakCompareAndSetAcquire(int expected, int newValue) {
        step();
        return value.weakCompareAndSetAcquire(expected, newValue);
    }

    @Override
    public boolean weakCompareAndSetRelease(int expected, int newValue) {
        step();
        return value.weakCompareAndSetRelease(expected, newValue);
    }

    @Override
    public boolean weakCompareAndSetPlain(int expected, int newValue) {
        step();
        return value.weakCompareAndSetPlain(expected, newValue);
    }

    @Override
    public int getAndAdd(int delta) {
        step();
        return value.getAndAdd(delta);
    }

    @Override
    public int getAndAddAcquire(int delta) {
        step();
        return value.getAndAdd(delta);
    }

    @Override
    public int getAndAddRelease(int delta) {
        step();
        return value.getAndAdd(delta);
    }

    @Override
    public int getAndBitwiseOr(int mask) {
        step();
        return value.getAndUpdate(found -> found | mask);
    }

    @Override
    public int getAndBitwiseOrAcquire(int mask) {
        step();
        return value.getAndUpdate(found -> found | mask);
    }

    @Override
    public int getAndBitwiseOrRelease(int mask) {
        step();
        return value.getAndUpdate(found -> found | mask);
    }

    @Override
    public int getAndBitwiseAnd(int mask) {
        step();
        return value.getAndUpdate(found -> found & mask);
    }

    @Override
    public int getAndBitwiseAndAcquire(int mask) {
        step();
        return value.getAndUpdate(found -> found & mask);
    }

    @Override
    public int getAndBitwiseAndRelease(int mask) {
        step();
        return value.getAndUpdate(found -> found & mask);
    }

    @Override
    public int getAndBitwiseXor(int mask) {
        step();
        return value.getAndUpdate(found -> found ^ mask);
    }

    @Override
    public int getAndBitwiseXorAcquire(int mask) {
        step();
        return value.getAndUpdate(found -> found ^ mask);
    }

    @Override
    public int getAndBitwiseXorRelease(int mask) {
        step();
        return value.getAndUpdate(found -> found ^ mask);
    }
}
