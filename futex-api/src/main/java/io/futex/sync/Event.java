package io.futex.sync;

import io.futex.Futex;
import io.futex.internal.Deadline;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// A state, set or not, that threads wait for: what Windows calls an event.
///
/// ```java
/// Event ready = Event.manualReset();
/// // waiter                        // another thread
/// ready.await();                   ready.set();
/// ```
///
/// - **manual-reset**: a gate. While set, nobody waits; `set` releases everybody, `reset` closes it again. An `await`
///   returns if the event was set at some moment between its call and its return, so nobody who sleeps is left behind
///   by a `reset` that follows soon.
/// - **auto-reset**: a turnstile. Each `set` lets one thread through: one of those that wait, or, if there is none, the
///   next that comes. At most one passage is kept for those to come, however often `set` is called; but three calls
///   release three sleepers, however slow these are to wake up. `reset` withdraws the passage that was kept, and none
///   of those given to sleepers. A thread that comes may overtake those that sleep. It is a [Semaphore] that keeps no
///   more permits than that.
///
/// Everything before a `set` happens-before the return of the `await` that it ends. Setting and resetting is one write,
/// and no system call if nobody waits, or if one that was woken is on its way to an auto-reset event. Who waits for an
/// auto-reset event looks at it for some 200 microseconds before it sleeps, if that has paid of late.
///
/// What all synchronizers have in common, stands at [io.futex.sync].
public final class Event extends Permits {
    /// How many bytes an event takes in memory of the caller, at an address divisible by 8.
    public static final long LAYOUT_BYTES = 8;

    private static final int HIGH = Integer.BYTES - PermitRules.LOW;
    private static final int MODE_SHIFT = 30;
    private static final int MANUAL = 1;
    private static final int AUTO = 2;

    // The low half of a manual-reset event.
    private static final int SET = 1;
    private static final int WAITERS = 2;
    private static final int ROUND = 4;

    private final boolean auto;

    Event(Words words, long at, PermitRules rules) {
        super(words, at, rules, rules.isCapped() ? (long) AUTO << (Integer.SIZE + MODE_SHIFT) : NO_GUESS);
        this.auto = rules.isCapped();
        claimMode(auto ? AUTO : MANUAL);
    }

    private Event(Words.Place place, PermitRules rules) {
        this(place.words(), place.offset(), rules);
    }

    /// A manual-reset event for threads of this JVM, not set.
    ///
    /// @return a new event
    public static Event manualReset() {
        return new Event(Words.fresh((int) LAYOUT_BYTES), PermitRules.of(false, false));
    }

    /// An auto-reset event for threads of this JVM, not set.
    ///
    /// @return a new event
    public static Event autoReset() {
        return new Event(Words.fresh((int) LAYOUT_BYTES), PermitRules.of(false, true));
    }

    /// An event for threads of this JVM in memory of the caller. Zero-filled memory is an event that is not set, and
    /// takes this mode; an event that is there is left as it is.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @param autoReset the mode
    /// @return a view of the event there
    /// @throws IllegalStateException if an event of the other mode is there
    public static Event local(MemorySegment segment, long offset, boolean autoReset) {
        Words words = inPairs(Futex.local(), segment, offset, LAYOUT_BYTES);
        return new Event(words, offset, PermitRules.of(false, autoReset));
    }

    /// An event for all processes that map the memory. Zero-filled memory is an event that is not set, and takes this
    /// mode; an event that is there is left as it is.
    ///
    /// @param autoReset the mode
    /// @throws IllegalStateException if an event of the other mode is there
    public static Event shared(MemorySegment segment, long offset, boolean autoReset) {
        Words words = inPairs(Futex.shared(), segment, offset, LAYOUT_BYTES);
        return new Event(words, offset, PermitRules.of(true, autoReset));
    }

    /// Sets the event. Manual-reset: releases everybody who waits, and whoever comes before the next `reset`.
    /// Auto-reset: releases one that waits; if there is none, the next that comes.
    public void set() {
        if (!giveGuessed()) { // alone in here, as in Semaphore, for the reason given there
            setSlowly();
        }
    }

    /// Writes even if nothing changes, so that who passes because of this state sees what we did before.
    private void setSlowly() {
        if (auto) {
            var unused = give(1);
        } else {
            open();
        }
    }

    /// Ends the state of being set. Whoever a `set` has released by then is released all the same.
    public void reset() {
        if (auto) {
            for (long s = look(); PermitRules.isSet(s) && !words.compareAndSetLong(at, s, s - 1); ) {
                s = look();
            }
        } else {
            var unused = words.getAndBitwiseAnd(low(), ~SET);
        }
    }

    /// Whether the event is set; out of date as soon as it is told. If so, everything before the `set` is visible. An
    /// auto-reset event whose passages are all for threads that sleep is not set.
    ///
    /// @return whether it was set
    public boolean isSet() {
        return auto ? PermitRules.isSet(look()) : (words.get(low()) & SET) != 0;
    }

    /// Waits until the event is set; passes, if it is an auto-reset one.
    ///
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    public void await() throws InterruptedException {
        OBEYED.check();
        if (!auto || !takeGuessed()) {
            var unused = await(Deadline.FOREVER, OBEYED);
        }
    }

    /// Waits until the event is set, or the time is over; passes, if it is an auto-reset one and set.
    ///
    /// @param timeout how long; zero or less looks once
    /// @param unit of `timeout`
    /// @return whether it was set; false never before the time is over
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
        long deadline = deadline(timeout, unit);
        OBEYED.check();
        return await(deadline, OBEYED);
    }

    /// As [#await()], but an interrupt does not end it; the status is kept.
    public void awaitUninterruptibly() {
        if (!auto || !takeGuessed()) {
            var unused = await(Deadline.FOREVER, DEFERRED);
        }
    }

    /// As [#await(long, TimeUnit)], but an interrupt does not end it; the status is kept.
    public boolean awaitUninterruptibly(long timeout, TimeUnit unit) {
        return await(deadline(timeout, unit), DEFERRED);
    }

    /// About how many threads sleep until the event is set.
    ///
    /// @return an estimate, as of [Semaphore#waiters()]; of a manual-reset event 0, or [Futex#UNKNOWN] if some may
    ///     sleep, who are not counted
    public int waiters() {
        if (auto) {
            return PermitRules.sleepers(look());
        }
        return (words.get(low()) & WAITERS) == 0 ? 0 : Futex.UNKNOWN;
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return describe("Event", () -> {
            int waiters = waiters();
            return (auto ? "auto" : "manual") + "-reset, " + (isSet() ? "set" : "not set")
                    + (waiters == 0 ? "" : waiters == Futex.UNKNOWN ? ", waiters" : ", waiters=" + waiters);
        });
    }

    // ---- inside

    private long low() {
        return at + PermitRules.LOW;
    }

    private void claimMode(int mode) {
        int found;
        do {
            int high = words.get(at + HIGH);
            found = high >>> MODE_SHIFT;
            if (found == 0 && words.compareAndSet(at + HIGH, high, high | mode << MODE_SHIFT)) {
                return;
            }
        } while (found == 0);
        if (found != mode) {
            throw new IllegalStateException("the event in this memory is "
                    + (found == AUTO ? "auto-reset" : found == MANUAL ? "manual-reset" : "none") + ", not "
                    + (mode == AUTO ? "auto-reset" : "manual-reset"));
        }
    }

    private <X extends Exception> boolean await(long deadline, Interrupts<X> interrupts) throws X {
        return auto ? takeUntil(deadline, interrupts) : awaitOpen(words.get(low()), deadline, interrupts);
    }

    // ---- manual-reset

    /// The round changes, so that who sleeps knows even if the event is reset before it looks.
    private void open() {
        int s;
        do {
            s = words.get(low());
        } while (!words.compareAndSet(low(), s, (s & SET) != 0 ? s : ((s | SET | WAITERS) + SET) | SET));
        if ((s & WAITERS) != 0 || owesWake()) {
            wake(rules, Integer.MAX_VALUE);
        }
    }

    /// @param first what the word was when the call began: any other round since then means that the event was set
    private <X extends Exception> boolean awaitOpen(int first, long deadline, Interrupts<X> interrupts) throws X {
        boolean timedOut = deadline == Deadline.PAST;
        for (int s = first; !wasSet(first, s); s = words.get(low())) {
            if (timedOut) {
                return false;
            }
            // Stays behind if we give up, which costs one needless wake.
            if ((s & WAITERS) != 0 || words.compareAndSet(low(), s, s | WAITERS)) {
                timedOut = sleep(PermitRules.LOW, s | WAITERS, deadline, interrupts);
            }
        }
        return true;
    }

    private static boolean wasSet(int first, int s) {
        return (s & SET) != 0 || ((s ^ first) & -ROUND) != 0;
    }
}
