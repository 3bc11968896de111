package io.futex.sync;

import io.futex.Futex;
import io.futex.internal.Deadline;
import io.futex.internal.Gain;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.BooleanSupplier;

/// For a thread that would else poll: it sleeps until there is something for it, and who puts something down rings. One
/// waits, any thread rings.
///
/// ```java
/// // the consumer                                  // a producer
/// BooleanSupplier ready = () -> !queue.isEmpty();  queue.add(item);
/// for (; ; ) {                                     bell.ring();
///     bell.await(ready);
///     handle(queue.remove());
/// }
/// ```
///
/// The bell keeps nothing: what there is to see is in the queue, the ring buffer, the counter that `ready` looks at. So
/// no ring is ever too many, and it does not matter how many there were. A ring **after** the publication, by whatever
/// kind of write, is not missed; while nobody sleeps it costs a fence and a look, between processes too.
///
/// `ready` is asked by the waiting thread alone: before anything else; some times more before it sleeps, for 18
/// microseconds and only if that has paid of late; after it has announced that it sleeps; and whenever it wakes up.
/// Once it is true it is not asked again, so it may as well take what it finds. It may read plainly: there are fences
/// around each question. It should be short and must not wait, nor use the bell. What it throws is thrown by `await`,
/// with nothing left behind. Keep it in a field: a lambda that captures something is a new object each time.
///
/// Everything before the publication happens-before the return of the `await` that has seen it, if the publication is a
/// release write, or one that is stronger.
///
/// **One waiter**: at most one thread at a time may be in an `await` of the same bell; the next time it may be another
/// one. Where a second thread comes through the same object, it gets an [IllegalStateException]. Between several
/// objects over the same memory, and between processes, nobody notices: the last announcement wins, and the other
/// thread may sleep on for ever. A waiter that was killed is not in the way of the next one.
///
/// For several waiters of one value see [io.futex.FutexWord#awaitChange(int)]; for a notice that is kept until the
/// owner comes, [Parker].
///
/// What all synchronizers have in common, stands at [io.futex.sync].
public final class Doorbell extends Synchronizer {
    /// How many bytes a doorbell takes in memory of the caller.
    public static final long LAYOUT_BYTES = 4;

    /// Nobody sleeps, or who does has been woken.
    private static final int QUIET = 0;

    /// The waiter sleeps, or is about to.
    private static final int ASLEEP = 1;

    /// A ring is about to wake the waiter, or was killed or failed before it did: so the next one wakes again.
    private static final int RUNG = 2;

    private static final AtomicIntegerFieldUpdater<Doorbell> WAITS =
            AtomicIntegerFieldUpdater.newUpdater(Doorbell.class, "waits");

    /// 1 while a thread waits by this object, else 0.
    private volatile int waits;

    /// The waiter's.
    private int gain;

    /// A doorbell for threads of this JVM.
    public Doorbell() {
        super(Words.fresh(Integer.BYTES));
    }

    /// For models, in which no time passes: it sleeps without looking before.
    Doorbell(Words words, long at) {
        this(words, at, Gain.NONE);
    }

    private Doorbell(Words words, long at, int gain) {
        super(words, at);
        this.gain = gain;
    }

    /// A doorbell for threads of this JVM in memory of the caller, which is left as it is; zero-filled, nobody waits.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the doorbell there
    public static Doorbell local(MemorySegment segment, long offset) {
        return new Doorbell(in(Futex.local(), segment, offset, LAYOUT_BYTES), offset, 0);
    }

    /// A doorbell for all processes that map the memory, which is left as it is; zero-filled, nobody waits.
    public static Doorbell shared(MemorySegment segment, long offset) {
        return new Doorbell(in(Futex.shared(), segment, offset, LAYOUT_BYTES), offset, 0);
    }

    // ---- ringing

    /// Has the waiter look again, if it sleeps or is about to. Comes after the publication. Makes no system call if
    /// nobody sleeps.
    public void ring() {
        // The publication before the look, as the waiter's announcement comes before its question:
        //
        //   producer              waiter
        //   publication           word = ASLEEP
        //   full fence            full fence
        //   word ASLEEP? wake     ready? return, else sleep while ASLEEP
        //
        // Each writes one and then reads the other, so at least one of them sees what the other has written. Without
        // either fence both could read what was there before, and the waiter would sleep over the publication.
        VarHandle.fullFence();
        if (words.get(at) != QUIET) {
            wake();
        }
    }

    private void wake() {
        // First the step, then the wake: who is about to sleep then finds another value and does not. Where the step is
        // lost to another ring, which may be killed before its wake, we wake as well. Where it finds QUIET that ring
        // has
        // woken, or the waiter has left; and a waiter that has announced anew since asks `ready` after our publication.
        if (words.compareAndExchange(at, ASLEEP, RUNG) != QUIET) {
            // All: with one waiter at a time these are no more, and one that is being killed would absorb a single
            // wake.
            var unused = words.wake(at, Integer.MAX_VALUE);
            // Lost if the waiter has announced anew, which stands: a late ring takes no other's announcement back.
            boolean unusedStep = words.compareAndSet(at, RUNG, QUIET);
        }
    }

    // ---- waiting

    /// Waits until `ready` is true.
    ///
    /// @param ready whether there is something; see above
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    /// @throws IllegalStateException if another thread waits by this object
    public void await(BooleanSupplier ready) throws InterruptedException {
        Objects.requireNonNull(ready, "ready");
        OBEYED.check();
        var unused = await(ready, Deadline.FOREVER, OBEYED);
    }

    /// Waits until `ready` is true, or the time is over.
    ///
    /// @param ready whether there is something; see above
    /// @param timeout how long; zero or less asks once
    /// @param unit of `timeout`
    /// @return whether `ready` was true; false never before the time is over
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    /// @throws IllegalStateException if another thread waits by this object
    public boolean await(BooleanSupplier ready, long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(ready, "ready");
        long deadline = deadline(timeout, unit);
        OBEYED.check();
        return await(ready, deadline, OBEYED);
    }

    /// As [#await(BooleanSupplier)], but an interrupt does not end it; the status is kept.
    public void awaitUninterruptibly(BooleanSupplier ready) {
        Objects.requireNonNull(ready, "ready");
        var unused = await(ready, Deadline.FOREVER, DEFERRED);
    }

    /// As [#await(BooleanSupplier, long, TimeUnit)], but an interrupt does not end it; the status is kept.
    public boolean awaitUninterruptibly(BooleanSupplier ready, long timeout, TimeUnit unit) {
        Objects.requireNonNull(ready, "ready");
        return await(ready, deadline(timeout, unit), DEFERRED);
    }

    // ---- waiting in two steps

    /// The first step of a wait in a loop that polls by itself, and calls its wait after a poll that found nothing, so
    /// that there is no `ready` to ask: says that this thread is about to sleep. It polls once more, and then either
    /// takes that back or sleeps. Who slept after a poll without this step would sleep over what came in between.
    ///
    /// ```java
    /// while (running) {
    ///     if (poll() == 0) {
    ///         bell.announce();
    ///         if (poll() == 0) {
    ///             bell.awaitRing(1, TimeUnit.SECONDS);
    ///         } else {
    ///             bell.withdraw();
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// A full fence follows, so the poll may read plainly. Does no harm if done twice, or for nothing.
    public void announce() {
        words.setOpaque(at, ASLEEP);
        VarHandle.fullFence(); // before the poll: see `ring`
    }

    /// Takes the announcement back, so that nobody need wake this thread. For one that has polled something after all.
    public void withdraw() {
        takeBack();
    }

    /// The second step: sleeps unless somebody has rung since [#announce()], and until somebody rings. It does not look
    /// before it sleeps, since the polls did. However it ends, the announcement is taken back. May return for no
    /// reason; so poll, and begin anew.
    ///
    /// @param timeout how long; zero or less does not sleep
    /// @param unit of `timeout`
    /// @return whether the time is not over
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    /// @throws IllegalStateException if another thread waits by this object
    public boolean awaitRing(long timeout, TimeUnit unit) throws InterruptedException {
        long deadline = deadline(timeout, unit);
        if (!WAITS.compareAndSet(this, 0, 1)) {
            throw secondWaiter();
        }
        try {
            OBEYED.check();
            return !sleep(0, ASLEEP, deadline, OBEYED);
        } finally {
            takeBack();
            waits = 0;
        }
    }

    /// Whether the waiter sleeps or is about to; out of date as soon as it is told.
    ///
    /// @return 1 if so, else 0; also 1 if a process that shares the doorbell was killed while it slept
    public int waiters() {
        return words.get(at) == ASLEEP ? 1 : 0;
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return describe("Doorbell", () -> {
            int s = words.get(at);
            return s == ASLEEP ? "asleep" : s == RUNG ? "rung" : "quiet";
        });
    }

    // ---- inside

    private <X extends Exception> boolean await(BooleanSupplier ready, long deadline, Interrupts<X> interrupts)
            throws X {
        if (waits != 0) {
            throw secondWaiter();
        }
        return isReady(ready) || (deadline != Deadline.PAST && awaitSlowly(ready, deadline, interrupts));
    }

    private <X extends Exception> boolean awaitSlowly(BooleanSupplier ready, long deadline, Interrupts<X> interrupts)
            throws X {
        if (!WAITS.compareAndSet(this, 0, 1)) {
            throw secondWaiter();
        }
        try {
            int before = gain;
            boolean hit = Gain.pays(before) && Gain.sees(ready, deadline);
            gain = Gain.next(before, hit);
            return hit || sleep(ready, deadline, interrupts);
        } finally {
            waits = 0;
        }
    }

    private <X extends Exception> boolean sleep(BooleanSupplier ready, long deadline, Interrupts<X> interrupts)
            throws X {
        try {
            for (; ; ) {
                // Whatever is there: nothing; ours, of the last round; what a killed waiter has left, which counts for
                // us as well; or RUNG, by a ring that then wakes us for nothing.
                words.setOpaque(at, ASLEEP);
                VarHandle.fullFence(); // before the question: see `ring`
                if (isReady(ready)) {
                    return true;
                }
                boolean over = sleep(0, ASLEEP, deadline, interrupts);
                if (isReady(ready)) { // also when the time is over
                    return true;
                }
                if (over) {
                    return false;
                }
            }
        } finally {
            takeBack();
        }
    }

    /// Whoever leaves asks nothing more, so it does not matter whether a ring comes before this step, and wakes nobody,
    /// or after it, and finds nothing to wake: what was published by then the next wait sees before anything else.
    /// What a ring has put there it also clears.
    private void takeBack() {
        if (words.get(at) == ASLEEP) {
            boolean unusedStep = words.compareAndSet(at, ASLEEP, QUIET);
        }
    }

    /// The fence after it is for a `ready` that reads plainly: what follows, be it the next question, reads later.
    private static boolean isReady(BooleanSupplier ready) {
        boolean is = ready.getAsBoolean();
        VarHandle.acquireFence();
        return is;
    }

    private static IllegalStateException secondWaiter() {
        return new IllegalStateException("another thread waits for this doorbell, and only one may");
    }
}
