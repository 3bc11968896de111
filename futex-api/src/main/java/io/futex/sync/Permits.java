package io.futex.sync;

import io.futex.internal.Deadline;
import io.futex.memory.Words;

/// Permits that are taken one at a time, in eight bytes: what a semaphore and an auto-reset event have in common.
abstract class Permits extends Paced {
    /// No state: that of an event that is of two modes.
    static final long NO_GUESS = -1;

    final PermitRules rules;

    /// What the state most probably is while the only permit is out, as long as there has been one only. Then nobody
    /// need look before changing it: the load would wait for the step before it, in all a quarter of what taking and
    /// giving a permit takes. A higher number is too hard to guess where several threads change it. Plain: a wrong
    /// guess costs one failed step. Not in shared memory: should its file have been truncated, a look throws
    /// [InternalError], while a step that the JVM's interpreter makes there ends the JVM, as of JDK 25.
    private long empty;

    Permits(Words words, long at, PermitRules rules, long empty) {
        super(words, at, false);
        this.rules = rules;
        this.empty = rules.isLocal() ? empty : NO_GUESS;
    }

    final long look() {
        return words.getLong(at);
    }

    // ---- taking

    /// One permit, by one step and without a loop. Values that a loop or a rare call needs later the compiler puts on
    /// the stack before the step, which waits until the processor has stored them: 2 of 11 ns, in every second process.
    final boolean takeGuessed() {
        long guess = empty;
        if (guess != NO_GUESS && words.compareAndSetLong(at, guess + 1, guess)) {
            countEntry();
            return true;
        }
        return false;
    }

    final boolean take(int n) {
        long s = look();
        int lost = 0;
        while (PermitRules.permits(s) >= n) {
            long witness = words.compareAndExchangeLong(at, s, s - n);
            if (witness == s) {
                learn(s - n);
                countEntry();
                return true;
            }
            s = PermitRules.permits(witness) >= n ? lookAgain(witness, lost++) : witness;
        }
        return false;
    }

    /// One permit.
    final <X extends Exception> boolean takeUntil(long deadline, Interrupts<X> interrupts) throws X {
        if (take(1)) {
            return true;
        }
        if (deadline == Deadline.PAST || !SlowPath.enter(words, at, rules, this, deadline, interrupts)) {
            return false;
        }
        countEntry();
        return true;
    }

    /// Takes permits away, at most so many.
    ///
    /// @return how many
    final int reduce(int most) {
        for (; ; ) {
            long s = look();
            int count = Math.min(PermitRules.permits(s), most);
            if (count == 0 || words.compareAndSetLong(at, s, s - count)) {
                return count;
            }
        }
    }

    // ---- giving

    /// One permit, guessing that there is none and nobody to wake; for the reason given at [#takeGuessed].
    final boolean giveGuessed() {
        long guess = empty;
        return guess != NO_GUESS && !owesWake() && words.compareAndSetLong(at, guess, guess + 1);
    }

    /// Adds permits, and wakes sleepers for them.
    ///
    /// @return the state found
    final long give(int n) {
        int lost = 0;
        long s = look();
        for (; ; ) {
            if (PermitRules.permits(s) + n < 0) {
                throw new Error("Maximum permit count exceeded: there are " + PermitRules.permits(s) + ", adding " + n);
            }
            long witness = words.compareAndExchangeLong(at, s, rules.add(s, n));
            if (witness == s) {
                break;
            }
            s = lookAgain(witness, lost++);
        }
        learn(s);
        if ((s & PermitRules.SLEEPERS) != 0) {
            wakeSleepers(s, n);
        }
        return s;
    }

    private void wakeSleepers(long s, int n) {
        int count = rules.mustWake(s, n);
        if (count == 0 && owesWake()) {
            count = n;
        }
        if (count != 0) {
            wake(rules, count);
        }
    }

    // ---- guessing

    /// Another thread has been faster at a step. As long as a single permit is guessed it takes turns with us, and what
    /// we have found is what it has left; with more both go on at once.
    private long lookAgain(long witness, int lost) {
        if (empty != NO_GUESS || !rules.spins()) {
            return witness;
        }
        lookAwayOnce(lost);
        return look();
    }

    /// Only a state to which a permit can be added without a wake is worth a guess. Who wants several is none to wake:
    /// that permit will be the only one.
    ///
    /// @param left the state without the permits that were taken or given
    private void learn(long left) {
        if (left == empty || empty == NO_GUESS) {
            return;
        }
        if (PermitRules.permits(left) != 0) {
            if (!rules.isCapped()) {
                empty = NO_GUESS;
            }
        } else if (rules.mustWake(left, 1) == 0) {
            empty = left;
        }
    }
}
