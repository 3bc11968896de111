package io.futex.sync;

import io.futex.memory.Words;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// The words of a [PCondition], and every step from one state to the next, with the lock held; and who wakes.
///
/// What matters is that those who will look are never fewer than the signals sent and not taken: a signal wakes one
/// more, or nobody is asleep; who looks takes one, if there is any; and who leaves otherwise, with signals left, has
/// not been reached by one, for they are older than its wait.
abstract class Signals extends Synchronizer {
    static final int SEQUENCE = 0;
    private static final int WAITING = 4;
    private static final int SIGNALLED = 8;
    private static final int DOUBT = 12;

    /// Of [#wakes]: each signal wakes at once.
    private static final int NEVER = -1;
    /// Of [#wakes]: who has let go of the lock makes them now, or has failed to.
    private static final int WAKING = 1 << 30;

    static final int ALL = WAKING - 1;

    private static final VarHandle WAKES;

    static {
        try {
            WAKES = MethodHandles.lookup()
                    .findVarHandle(Signals.class, "wakes", int.class)
                    .withInvokeExactBehavior();
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final PMutex mutex;

    /// The owner's: how many wakes the unlock has to make, or [#NEVER]. While it is [#WAKING] also of the one who
    /// wakes.
    private int wakes;

    /// @param alone whether nobody knows the words of this and of the mutex but by these two objects
    Signals(Words words, long at, PMutex mutex, boolean alone) {
        super(words, at);
        this.mutex = mutex;
        this.wakes = alone ? 0 : NEVER;
    }

    final int sequence() {
        return get(SEQUENCE);
    }

    /// As of any time, for who does not hold the lock.
    final int waiting() {
        return words.getOpaque(at + WAITING);
    }

    final int signalled() {
        return words.getOpaque(at + SIGNALLED);
    }

    final void requireMine() {
        if (!mutex.isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("this thread does not hold the lock: " + mutex);
        }
    }

    private int get(int field) {
        return words.getPlain(at + field);
    }

    private void put(int field, int value) {
        words.setPlain(at + field, value);
    }

    // ---- waits

    /// A wait begins.
    final int enter() {
        int waiting = get(WAITING);
        if (waiting == Integer.MAX_VALUE) {
            throw new IllegalStateException("2 147 483 647 threads wait already");
        }
        if (owesWakes()) {
            help();
        }
        put(WAITING, waiting + 1);
        return get(SEQUENCE);
    }

    final void lockAgain() {
        if (wakes == NEVER) { // written only before this object is known to others, if it is that
            mutex.lockAfterSignal();
        } else {
            mutex.lock();
        }
    }

    /// If all signals since a wait began have been taken, it goes on: they were for others. Unless there is a doubt.
    final boolean ends(int ticket) {
        return get(SEQUENCE) != ticket && (get(SIGNALLED) != 0 || isInDoubt(ticket));
    }

    /// A wait ends.
    ///
    /// If more signals are left than have been sent since it began, some of them are for waits that began before. One
    /// of these may then come and find nothing, and nobody can tell which: in doubt all of them end. Or it finds a
    /// later signal; that one is then in doubt.
    ///
    /// @return whether it was signalled
    final boolean leave(int ticket) {
        boolean signalled = ends(ticket);
        int signals = get(SIGNALLED);
        if (signalled && signals != 0) {
            int sequence = get(SEQUENCE);
            if (Integer.compareUnsigned(signals, sequence - ticket) > 0 || isInDoubt(ticket)) {
                put(DOUBT, sequence);
            }
            put(SIGNALLED, signals - 1);
        }
        put(WAITING, get(WAITING) - 1);
        return signalled;
    }

    /// Whether a signal since a wait began may have been taken by one that began after that signal.
    private boolean isInDoubt(int ticket) {
        int sequence = get(SEQUENCE);
        return Integer.compareUnsigned(sequence - get(DOUBT), sequence - ticket) < 0;
    }

    // ---- signals

    /// While an unlock wakes, a signal that finds one sent to each waiter makes those wakes: they are all that is left
    /// to rely on, and may have failed, of which only who unlocked has heard.
    final boolean mayBeSignalled() {
        requireMine();
        boolean may = get(SIGNALLED) < get(WAITING);
        if (!may && owesWakes()) {
            help();
        }
        return may;
    }

    /// A change of the sequence ends waits that have begun and not fallen asleep yet: they find another number than
    /// they remember. Who sleeps already needs a wake, and it must come while nobody who began to wait after the signal
    /// is asleep to catch it: systems do not always choose who came first.
    ///
    /// Within the lock nobody is. But a woken thread that gets our processor finds the lock held, and has to give way:
    /// six switches of threads for a round trip instead of two. So the unlock wakes, after it has let go of the lock,
    /// and whoever begins to wait meanwhile makes the same wakes first: see [#help]. Those of the unlock are then for
    /// nobody, or end a sleep for no reason.
    ///
    /// That takes a lock and a condition that others know only by this object: another object over their words would
    /// not know what to wake at its unlock, nor what to help with. And in shared memory a process that is killed
    /// between its unlock and its wake would leave sleepers whom no later signal wakes.
    final void send(int signals, int count) {
        int w = (int) WAKES.getAcquire(this);
        boolean atUnlock = w >= 0 && w < WAKING && mutex.wakesAtUnlock(this);
        if (atUnlock) {
            WAKES.set(this, Math.min(w + count, ALL)); // first: if what follows fails, it is for nobody
        }
        int before = get(SEQUENCE);
        words.set(at + SEQUENCE, before + signals);
        if (!atUnlock) {
            try {
                var unused = words.wake(at + SEQUENCE, count);
            } catch (Throwable e) {
                put(SEQUENCE, before); // not given: the next signal shall not rely on it
                throw e;
            }
        }
        put(SIGNALLED, get(SIGNALLED) + signals);
    }

    /// The unlock begins, with the lock still held.
    final void beginWaking() {
        WAKES.set(this, (int) WAKES.get(this) | WAKING);
    }

    /// The unlock wakes, without the lock, whom nobody has woken for it. Who reads 0 does so after those wakes. If they
    /// fail, it looks to all others as if they were still under way.
    final void wake() {
        var unused = words.wake(at + SEQUENCE, (int) WAKES.getOpaque(this) & ALL);
        WAKES.setRelease(this, 0);
    }

    /// Whether an unlock is not known to have made its wakes. Of any time, for who does not hold the lock.
    final boolean owesWakes() {
        return (int) WAKES.getAcquire(this) > WAKING;
    }

    private void help() {
        int w = (int) WAKES.getAcquire(this);
        var unused = words.wake(at + SEQUENCE, w & ALL);
        WAKES.compareAndSet(this, w, w & WAKING); // else the one who wakes has done so as well
    }
}
