package io.futex.sync;

import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.internal.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
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
///   of those given to sleepers. A thread that comes may overtake those that sleep.
///
/// Everything before a `set` happens-before the return of the `await` that it ends. Setting and resetting is one write,
/// and no system call if nobody waits, or if one that was woken is on its way to an auto-reset event. Virtual threads
/// may use it: waiting does not block their carrier. A thread that was released may close the memory at once, though
/// the `set` that released it has not returned yet. Who waits for an auto-reset event looks at it for some 100
/// microseconds before it sleeps, if that has paid of late.
///
/// ## Layout
/// 4 bytes, 4-aligned, one int in native byte order; zero-filled memory is an event that is not set and takes the mode
/// of whoever opens it first.
///
/// | bits | name | meaning |
/// |---|---|---|
/// | 30–31 | mode | 0: nobody has opened it; 1: manual-reset; 2: auto-reset |
/// | *manual:* 0 | *set* | |
/// | 1 | *waiters* | somebody sleeps, or is about to: `set` must wake. While *set* is one: a wake has failed |
/// | 2–29 | *round* | counted up by each `set` that finds the event not set |
/// | *auto:* 0–14 | *passes* | passages given and not used yet, at most one more than *sleepers* |
/// | 15–28 | *sleepers* | threads that sleep or are about to |
/// | 29 | *woken* | one that was woken is on its way, nobody else needs to be woken; only ever set in [#local] scope |
///
/// What a C program does with an `unsigned` word of [#shared] scope, all with atomic operations of sequential
/// consistency. `cas` puts what it found into its second argument; futex calls are without FUTEX_PRIVATE_FLAG.
///
/// ```c
/// // open
/// unsigned s = *word;
/// while (!(s >> 30 & 3) && !cas(word, &s, s | mode << 30)) {}
/// if ((s >> 30 & 3) && (s >> 30 & 3) != mode) fail();
/// // set, manual
/// unsigned s = *word, t;
/// do t = s & 1 ? s & ~2 : (s & 3u << 30) | (s + 4 & (1 << 30) - 4) | 1; while (!cas(word, &s, t));
/// if (s & 2) futex_wake(word, INT_MAX);
/// // reset, manual
/// fetch_and(word, ~1);
/// // wait, manual
/// unsigned first = *word;
/// for (;;) {
///     unsigned s = *word;
///     if (s & 1 || (s ^ first) & (1 << 30) - 4) return;
///     if (s & 2 || cas(word, &s, s | 2)) futex_wait(word, s | 2);
/// }
/// // set, auto
/// unsigned s = *word, more;
/// do more = (s & 32767) <= (s >> 15 & 16383); while (!cas(word, &s, s + more));
/// if (s >> 15 & 16383) futex_wake(word, 1);
/// // reset, auto
/// unsigned s = *word;
/// while ((s & 32767) > (s >> 15 & 16383) && !cas(word, &s, s - 1)) {}
/// // wait, auto
/// for (int counted = 0;;) {
///     unsigned s = *word;
///     if (s & 32767) {
///         if (cas(word, &s, s - 1 - (counted ? 32768 : 0))) return;
///     } else if (counted) {
///         futex_wait(word, s);
///     } else if ((s >> 15 & 16383) == 16383) {
///         usleep(1000);
///     } else if (cas(word, &s, s + 32768)) {
///         counted = 1;
///     }
/// }
/// ```
///
/// Who gives up waiting for an auto-reset event subtracts 32768 while *passes* is zero, and takes one if it is not.
/// While *sleepers* is at its highest, those beyond look once in a millisecond and are not counted.
///
/// A thread that waits for a manual-reset event, and is stopped between two looks at it for as long as 2^28 calls of
/// `set` take that have each found the event not set, and for not one more or less, misses them if it is not set then.
///
/// ## When a process is killed
/// - while it waits for a manual-reset event: nothing but perhaps a needless wake.
/// - while it waits for an auto-reset event: *sleepers* stays one too high for good. A passage may be given to the
///   dead; it is used by the next that comes, `reset` does not withdraw it, and after two calls of `set` two may pass.
/// - in the middle of `set`: who slept may sleep on. A manual-reset event wakes them with a `set` for which somebody
///   new waits as well; of an auto-reset one, one passage stays over, for the next that comes, while one more sleeps
///   than should.
public final class Event {
    /// How many bytes an event takes in memory of the caller.
    public static final long LAYOUT_BYTES = 4;

    private static final int MODE_SHIFT = 30;
    private static final int MODE = 3 << MODE_SHIFT;
    private static final int MANUAL = 1 << MODE_SHIFT;
    private static final int AUTO = 2 << MODE_SHIFT;

    private static final int SET = 1;
    private static final int WAITERS = 2;
    private static final int ROUND = 4;
    private static final int ROUNDS = MANUAL - ROUND;

    /// For [#unset]: the event is a manual-reset one, whose word is another after each `set`, or it is shared. Should
    /// its file have been truncated, a look throws [InternalError], while a step that the JVM's interpreter makes there
    /// ends the JVM, as of JDK 25. No event has this value.
    private static final int NO_GUESS = 0;

    /// How long those sleep that can no longer be counted.
    private static final long UNCOUNTED_NANOS = 1_000_000;

    private final FutexWord word;
    private final boolean auto;
    private final EventRules rules;
    private final PermitPace pace = new PermitPace();

    /// What the word of an auto-reset event most probably is while that is not set, so that `set` and `await` need not
    /// look before they change it: the load would wait for the step before it, in all a third of what they take. Plain:
    /// a wrong guess costs one failed step.
    private int unset;

    Event(FutexWord word, boolean autoReset, EventRules rules) {
        this.word = word;
        this.auto = autoReset;
        this.rules = rules;
        this.unset = autoReset && rules.isLocal() ? AUTO : NO_GUESS;
        claimMode();
    }

    /// A manual-reset event for threads of this JVM, not set.
    ///
    /// @return a new event
    public static Event manualReset() {
        return new Event(FutexWord.local(0), false, EventRules.LOCAL);
    }

    /// An auto-reset event for threads of this JVM, not set.
    ///
    /// @return a new event
    public static Event autoReset() {
        return new Event(FutexWord.local(0), true, EventRules.LOCAL);
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
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new Event(FutexWord.local(segment, offset), autoReset, EventRules.LOCAL);
    }

    /// An event for all processes that map the memory. Zero-filled memory is an event that is not set, and takes this
    /// mode; an event that is there is left as it is. What a killed process leaves behind is said above.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @param autoReset the mode
    /// @return a view of the event there
    /// @throws IllegalStateException if an event of the other mode is there
    public static Event shared(MemorySegment segment, long offset, boolean autoReset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new Event(FutexWord.shared(segment, offset), autoReset, EventRules.SHARED);
    }

    /// Sets the event. Manual-reset: releases everybody who waits, and whoever comes before the next `reset`.
    /// Auto-reset: releases one that waits; if there is none, the next that comes.
    public void set() {
        if (auto) {
            setAuto();
        } else {
            setManual();
        }
    }

    // Both write even if nothing changes, so that who passes because of this state sees what we did before.

    private void setAuto() {
        int guess = unset;
        if (guess == NO_GUESS || !word.compareAndSet(guess, rules.set(guess))) { // as in passGuessed
            setSlowly();
        } else if (rules.mustWake(guess)) {
            wake(1);
        }
    }

    private void setSlowly() {
        int s = word.get();
        for (; ; ) {
            int witness = word.compareAndExchange(s, rules.set(s));
            if (witness == s) {
                break;
            }
            s = witness;
        }
        learn(s);
        if (rules.mustWake(s)) {
            wake(1);
        }
    }

    private void setManual() {
        int s = word.get();
        for (; ; ) {
            int witness = word.compareAndExchange(s, open(s));
            if (witness == s) {
                break;
            }
            s = witness;
        }
        if ((s & WAITERS) != 0) {
            Wakes.allOf(WAITERS, word);
        }
    }

    /// Ends the state of being set. Whoever a `set` has released by then is released all the same.
    public void reset() {
        for (; ; ) {
            int s = word.get();
            if (!isSet(s) || word.compareAndSet(s, s - (auto ? 1 : SET))) {
                return;
            }
        }
    }

    /// Whether the event is set; out of date as soon as it is told. If so, everything before the `set` is visible. An
    /// auto-reset event whose passages are all for threads that sleep is not set.
    ///
    /// @return whether it was set
    public boolean isSet() {
        return isSet(word.get());
    }

    /// Waits until the event is set; passes, if it is an auto-reset one.
    ///
    /// @throws InterruptedException if the thread was interrupted before, even if the event is set, or during the wait;
    ///     the status is cleared
    public void await() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (auto) {
            if (!passGuessed()) {
                passSlowly();
            }
            return;
        }
        int first = word.get();
        if ((first & SET) == 0) {
            var unused = awaitOpen(first, Segments.FOREVER, true);
        }
    }

    /// Waits until the event is set, or the time is over; passes, if it is an auto-reset one and set.
    ///
    /// @param timeout how long; zero or less looks once
    /// @param unit of `timeout`
    /// @return whether it was set; false never before the time is over
    /// @throws InterruptedException if the thread was interrupted before, even if the event is set, or during the wait;
    ///     the status is cleared
    public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        int first = word.get();
        return pass(first) || (timeout > 0 && await(first, Segments.deadline(timeout, unit), true));
    }

    /// As [#await()], but an interrupt does not end it; the status is kept.
    public void awaitUninterruptibly() {
        if (!passGuessed()) {
            passUninterruptibly();
        }
    }

    /// As [#await(long, TimeUnit)], but an interrupt does not end it; the status is kept.
    ///
    /// @param timeout how long; zero or less looks once
    /// @param unit of `timeout`
    /// @return whether it was set; false never before the time is over
    public boolean awaitUninterruptibly(long timeout, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        int first = word.get();
        return pass(first) || (timeout > 0 && awaitUninterruptibly(first, Segments.deadline(timeout, unit)));
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        int s = word.get();
        String waiters = auto
                ? (s & EventRules.SLEEPERS) == 0 ? "" : ", waiters=" + EventRules.sleepers(s)
                : (s & WAITERS) == 0 ? "" : ", waiters";
        return "Event[" + (auto ? "auto" : "manual") + "-reset, " + (isSet(s) ? "set" : "not set") + waiters + "]";
    }

    // ---- inside

    private void claimMode() {
        int mode = auto ? AUTO : MANUAL;
        for (; ; ) {
            int s = word.get();
            if ((s & MODE) == mode) {
                return;
            }
            if ((s & MODE) != 0) {
                throw new IllegalStateException("the event in this memory is "
                        + ((s & MODE) == AUTO ? "auto-reset" : (s & MODE) == MANUAL ? "manual-reset" : "none")
                        + ", not " + (auto ? "auto-reset" : "manual-reset"));
            }
            if (word.compareAndSet(s, s | mode)) {
                return;
            }
        }
    }

    private boolean isSet(int s) {
        return auto ? EventRules.isSet(s) : (s & SET) != 0;
    }

    /// The round changes, so that who sleeps knows even if the event is reset before it looks.
    private static int open(int s) {
        return (s & SET) != 0 ? s & ~WAITERS : (s & MODE) | ((s + ROUND) & ROUNDS) | SET;
    }

    private boolean pass(int s) {
        return auto ? take(s) : (s & SET) != 0;
    }

    /// Takes a pass by one step and without a loop, for the reason given at `takeGuessed` in [Semaphore].
    private boolean passGuessed() {
        int guess = unset;
        if (guess != NO_GUESS && word.compareAndSet(guess + 1, guess)) {
            pace.take();
            return true;
        }
        return false;
    }

    /// Takes a pass, if there is one.
    ///
    /// @param s what the word held a moment ago
    private boolean take(int s) {
        while (EventRules.passes(s) != 0) {
            int witness = word.compareAndExchange(s, s - 1);
            if (witness == s) {
                learn(s - 1);
                pace.take();
                return true;
            }
            s = witness;
        }
        return false;
    }

    /// @param s what the word was, without the pass that was taken from it
    private void learn(int s) {
        if (s != unset && unset != NO_GUESS && EventRules.passes(s) == 0) {
            unset = s;
        }
    }

    private void passSlowly() throws InterruptedException {
        if (!take(word.get())) {
            var unused = awaitPass(Segments.FOREVER, true);
        }
    }

    private void passUninterruptibly() {
        int first = word.get();
        if (!pass(first)) {
            var unused = awaitUninterruptibly(first, Segments.FOREVER);
        }
    }

    private boolean awaitUninterruptibly(int first, long deadline) {
        try {
            return await(first, deadline, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    private boolean await(int first, long deadline, boolean interruptible) throws InterruptedException {
        return auto ? awaitPass(deadline, interruptible) : awaitOpen(first, deadline, interruptible);
    }

    /// @param first what the word held when the call began: any other round since then means that the event was set
    private boolean awaitOpen(int first, long deadline, boolean interruptible) throws InterruptedException {
        boolean timedOut = false;
        for (; ; ) {
            int s = word.get();
            if ((s & SET) != 0 || ((s ^ first) & ROUNDS) != 0) {
                return true;
            }
            if (timedOut) {
                return false;
            }
            // Stays behind if we give up, which costs one needless wake.
            if ((s & WAITERS) == 0 && !word.compareAndSet(s, s | WAITERS)) {
                continue;
            }
            timedOut = sleep(s | WAITERS, deadline, interruptible);
        }
    }

    private boolean awaitPass(long deadline, boolean interruptible) throws InterruptedException {
        int longest = Thread.currentThread().isVirtual() ? PermitPace.WOKEN_LONGEST : PermitPace.ARRIVING_LONGEST;
        int first = rules.spins() ? pace.arriving(longest) : PermitPace.NEVER;
        int before = first == PermitPace.CLOSE ? pace.watch() : 0;
        int pause = first;
        int counted = 0;
        boolean answers = false; // for EventRules.WOKEN
        boolean timedOut = false;
        try {
            for (; ; ) {
                // Also when the time is over: then the pass, and its wake, were for us.
                int s = word.get();
                if (EventRules.passes(s) != 0) {
                    int left = answers ? rules.takeWoken(s, counted) : s - 1;
                    if (word.compareAndSet(s, left)) {
                        if (answers) {
                            answers = false; // also when the next line throws
                            passOnOrGiveBack(rules.passOn(s, left));
                        } else {
                            if (first != PermitPace.NEVER) {
                                pace.looked(first, before, true);
                            }
                            pace.take();
                        }
                        return true;
                    }
                    continue;
                }
                if (deadline != Segments.FOREVER && (timedOut || rules.isOver(deadline))) {
                    if (answers) {
                        int left = rules.giveUp(s, counted);
                        if (left != s && !word.compareAndSet(s, left)) {
                            continue;
                        }
                        answers = false;
                    } else if (first != PermitPace.NEVER) {
                        pace.looked(first, before, false);
                    }
                    return false;
                }
                if (pause <= longest && PermitPace.fits(pause, deadline)) {
                    Pause.spin(pause);
                    pause <<= 1;
                    continue;
                }
                boolean countsItself = counted == 0 && !EventRules.isFull(s);
                int value = countsItself ? rules.announce(s) : rules.sleep(s);
                if (value != s && !word.compareAndSet(s, value)) {
                    continue;
                }
                if (countsItself) {
                    counted = EventRules.SLEEPER;
                }
                boolean hasLooked = !answers && first != PermitPace.NEVER;
                answers = true; // before anything that could throw: it is counted
                if (hasLooked) {
                    pace.looked(first, before, false);
                }
                long until = counted != 0 ? deadline : Math.min(System.nanoTime() + UNCOUNTED_NANOS, deadline);
                timedOut = sleep(value, until, interruptible) && until == deadline;
                if (rules.spins()) {
                    pause = pace.woken();
                    longest = PermitPace.WOKEN_LONGEST;
                }
            }
        } catch (Throwable e) {
            // Interrupted, or the arena was closed, or the system refused: whatever it is, nobody shall wait for us.
            if (answers) {
                leaveFailed(counted, e);
            }
            throw e;
        }
    }

    private void passOnOrGiveBack(int count) {
        try {
            wake(count);
        } catch (Throwable e) {
            try {
                set(); // who throws has not passed
            } catch (RuntimeException | Error failed) {
                Wakes.alsoFailed(e, failed);
            }
            throw e;
        }
    }

    private void leaveFailed(int counted, Throwable reason) {
        try {
            int s;
            int left;
            do {
                s = word.get();
                left = rules.leave(s, counted);
            } while (left != s && !word.compareAndSet(s, left));
            wake(rules.leaveTo(left));
        } catch (RuntimeException gone) {
            Wakes.alsoFailed(reason, gone);
        }
    }

    private void wake(int count) {
        try {
            if (count == 1) {
                Wakes.one(word);
            } else if (count > 1) {
                Wakes.some(word, count);
            }
        } catch (Throwable e) {
            for (; ; ) {
                int s = word.get();
                int left = rules.notWoken(s);
                if (left == s || word.compareAndSet(s, left)) {
                    throw e;
                }
            }
        }
    }

    private boolean sleep(int value, long deadline, boolean interruptible) throws InterruptedException {
        WaitResult result =
                interruptible ? word.awaitUntil(value, deadline) : word.awaitUntilUninterruptibly(value, deadline);
        return result == WaitResult.TIMED_OUT;
    }
}
