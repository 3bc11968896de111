package io.futex.sync;

import java.util.Arrays;

/// The mutex as a machine of finitely many states, all of which can be visited: the word, and where each thread is.
///
/// A step is one atomic access to the word together with the decision that depends on it; the new values come from
/// [PMutexRules], so it is the library's own rules that are checked, or those with a mistake planted in them. A look
/// and the compare-and-set after it are one step, for if the word was another in between, the thread looks again.
///
/// Everything that the clock decides may happen at any time here: a wait may time out or be interrupted, a sleeper may
/// be impatient at once, the owner may distrust [PMutexRules#WOKEN] at each acquisition. Each of the sleepers may be
/// the one that a wake takes, and any may wake up by itself. A thread may stop for as long as it likes between any two
/// steps. Memory is sequentially consistent.
///
/// A state is a `long`: 6 bits of the word, one bit for whether a thread has been killed, and 10 bits for each of up to
/// five threads. Threads of the same kind are interchangeable, so a state stands for all its permutations.
final class PMutexModel implements Machine {
    // Where a thread is.
    private static final int READY = 0; // not counted: about to lock, or finished
    private static final int AWAKE = 1; // counted, and about to look
    private static final int ASLEEP = 2; // counted, and in the kernel's queue
    private static final int LEAVING = 3; // counted, interrupted: must give up
    private static final int OWNER = 4;
    private static final int WAKING = 5; // has unlocked or left, and still has to wake one
    // The same, with a value that the thread remembers added.
    private static final int GOING = 64; // counted, about to enter the kernel, which compares the word with the value
    private static final int WAKING_BACK =
            128; // as WAKING, by an unlocker that takes the value back if it wakes nobody
    private static final int BACK = 192; // has woken nobody, and takes the value back

    private static final int WORD_BITS = 6;
    private static final int WORD_MASK = (1 << WORD_BITS) - 1;
    private static final int KILLED_SHIFT = WORD_BITS;
    private static final int THREADS_SHIFT = WORD_BITS + 1;
    private static final int WHERE_BITS = 8;
    private static final int WHERE_MASK = (1 << WHERE_BITS) - 1;
    private static final int THREAD_BITS = WHERE_BITS + 2;
    private static final int THREAD_MASK = (1 << THREAD_BITS) - 1;

    /// Where one thread may be killed.
    enum Kill {
        NOWHERE,
        /// In the kernel's queue, or on the way there.
        ASLEEP,
        /// Everywhere but as the owner, whose lock is never free again.
        ANYWHERE
    }

    /// What is checked.
    ///
    /// @param rules the library's, or some with a mistake
    /// @param threads how many
    /// @param operations how often each thread locks and unlocks
    /// @param timed how many of the threads may give up at any time
    /// @param kill where one thread may be killed
    /// @param takesBack plants the mistake of an unlock that sets the word to 0 if its wake woke nobody
    record Setup(PMutexRules rules, int threads, int operations, int timed, Kill kill, boolean takesBack) {
        static Setup of(PMutexRules rules, int threads, int operations, int timed) {
            return new Setup(rules, threads, operations, timed, Kill.NOWHERE, false);
        }

        Setup killing(Kill kill) {
            return new Setup(rules, threads, operations, timed, kill, takesBack);
        }

        Setup takingBack() {
            return new Setup(rules, threads, operations, timed, kill, true);
        }
    }

    private final Setup setup;
    private final PMutexRules rules;
    private final int[] threads;
    private final int[] next;
    private int word;
    private int killed;
    private Steps steps = (state, rescue) -> {};

    PMutexModel(Setup setup) {
        this.setup = setup;
        this.rules = setup.rules();
        this.threads = new int[setup.threads()];
        this.next = new int[setup.threads()];
    }

    @Override
    public long initial() {
        Arrays.fill(next, (setup.operations() << WHERE_BITS) | READY);
        return encode(0, 0);
    }

    /// Whether all threads have finished, or been killed.
    @Override
    public boolean isDone(long state) {
        decode(state);
        for (int thread : threads) {
            if (thread != READY) {
                return false;
            }
        }
        return true;
    }

    /// What is wrong with a state by itself, or null.
    @Override
    public String fault(long state) {
        decode(state);
        int owners = 0;
        int counted = 0;
        for (int thread : threads) {
            int where = thread & WHERE_MASK;
            owners += where == OWNER ? 1 : 0;
            counted += where == AWAKE || where == ASLEEP || where == LEAVING || isAt(where, GOING) ? 1 : 0;
        }
        if (owners > 1) {
            return "two owners";
        }
        if (PMutexRules.isLocked(word) != (owners == 1)) {
            return "the word and the owner disagree";
        }
        int missing = PMutexRules.count(word) - counted;
        if (missing < 0 || missing > killed) {
            return "the word and the number of sleepers disagree";
        }
        if (killed == 0 && word != 0 && isDone(state)) {
            return "something is left in the word";
        }
        return null;
    }

    /// Whether it is no surprise that nobody goes on: the one who was to wake a sleeper, or was woken, has been killed,
    /// and nobody else has come since. The lock is free, and the next one to use it wakes a sleeper.
    @Override
    public boolean isExcused(long state) {
        decode(state);
        boolean excused = setup.kill() == Kill.ANYWHERE
                && killed == 1
                && PMutexRules.isOpen(word)
                && (word & PMutexRules.WOKEN) == 0;
        for (int thread : threads) {
            excused &= thread == READY || (thread & WHERE_MASK) == ASLEEP;
        }
        return excused;
    }

    /// Tells all steps from a state.
    @Override
    public void expand(long state, Steps steps) {
        this.steps = steps;
        decode(state);
        for (int t = 0; t < threads.length; t++) {
            int where = threads[t] & WHERE_MASK;
            switch (where) {
                case READY -> {
                    if (threads[t] != READY) {
                        lock(t);
                    }
                }
                case AWAKE -> {
                    lockCounted(t);
                    interrupt(t);
                }
                case ASLEEP -> {
                    to(t, AWAKE, word, true); // a spurious return, or a timeout
                    interrupt(t);
                }
                case LEAVING -> leave(t);
                case OWNER -> {
                    distrust(t);
                    unlock(t);
                }
                case WAKING -> wake(t, WAKING);
                default -> {
                    int value = where & WORD_MASK;
                    if (isAt(where, GOING)) {
                        sleep(t, value);
                        interrupt(t);
                    } else if (isAt(where, WAKING_BACK)) {
                        wake(t, where);
                    } else {
                        finish(t, word == value ? 0 : word); // the planted mistake
                    }
                }
            }
            kill(t);
        }
    }

    // ---- the rules, one by one

    private void lock(int t) {
        if (PMutexRules.isOpen(word)) {
            to(t, OWNER, rules.take(word), false);
        } else {
            int value = (int) rules.announce(word, 0);
            to(t, GOING + value, value, false);
        }
        if (isTimed(t)) {
            finish(t, word); // by time or interrupt before it was counted, or a try
        }
    }

    private void lockCounted(int t) {
        if (!PMutexRules.isLocked(word)) {
            to(t, OWNER, (int) rules.enter(word, 1), false);
            return;
        }
        if (!PMutexRules.isReserved(word) && rules.reserve(word) != word) {
            to(t, AWAKE, (int) rules.reserve(word), false);
        }
        int value = (int) rules.announce(word, 1);
        to(t, GOING + value, value, false);
        if (isTimed(t)) {
            to(t, LEAVING, word, true);
        }
    }

    private void sleep(int t, int value) {
        to(t, word == value ? ASLEEP : AWAKE, word, false);
    }

    private void interrupt(int t) {
        if (isTimed(t)) {
            to(t, LEAVING, word, true);
        }
    }

    private void leave(int t) {
        if (rules.passOn(word, rules.leave(word, 1), false) != 0) {
            to(t, WAKING, (int) rules.leave(word, 1), false);
        } else {
            finish(t, (int) rules.leave(word, 1));
        }
    }

    private void distrust(int t) {
        if ((word & PMutexRules.WOKEN) != 0) {
            to(t, OWNER, word & ~PMutexRules.WOKEN, true);
        }
    }

    private void unlock(int t) {
        int released = word - PMutexRules.LOCKED;
        if (!PMutexRules.mustWake(word)) {
            finish(t, released);
        } else if (setup.takesBack()) {
            to(t, WAKING_BACK + released, released, false);
        } else {
            to(t, WAKING, released, false);
        }
    }

    /// Wakes one, whichever, of those who are asleep.
    private void wake(int t, int where) {
        boolean nobody = true;
        for (int sleeper = 0; sleeper < threads.length; sleeper++) {
            if ((threads[sleeper] & WHERE_MASK) == ASLEEP) {
                nobody = false;
                copy();
                next[sleeper] = moved(threads[sleeper], AWAKE);
                next[t] = finished(threads[t]);
                steps.step(encode(word, killed), false);
            }
        }
        if (!nobody) {
            return;
        }
        if (where == WAKING) {
            finish(t, word);
        } else {
            to(t, BACK + (where & WORD_MASK), word, false);
        }
    }

    private void kill(int t) {
        int where = threads[t] & WHERE_MASK;
        boolean possible = switch (setup.kill()) {
            case NOWHERE -> false;
            case ASLEEP -> where == ASLEEP || isAt(where, GOING);
            case ANYWHERE -> threads[t] != READY && where != OWNER;
        };
        if (possible && killed == 0) {
            copy();
            next[t] = READY;
            steps.step(encode(word, 1), true);
        }
    }

    // ---- states

    private void to(int t, int where, int newWord, boolean rescue) {
        copy();
        next[t] = moved(threads[t], where);
        steps.step(encode(newWord, killed), rescue);
    }

    /// One operation is over.
    private void finish(int t, int newWord) {
        copy();
        next[t] = finished(threads[t]);
        steps.step(encode(newWord, killed), false);
    }

    private boolean isTimed(int t) {
        return t < setup.timed();
    }

    private void copy() {
        System.arraycopy(threads, 0, next, 0, threads.length);
    }

    private static int moved(int thread, int where) {
        return (thread & ~WHERE_MASK) | where;
    }

    private static int finished(int thread) {
        return (((thread >>> WHERE_BITS) - 1) << WHERE_BITS) | READY;
    }

    private static boolean isAt(int where, int place) {
        return where >= GOING && (where & ~WORD_MASK) == place;
    }

    /// The state of `next`, with the threads of each kind sorted, so that permutations are one state.
    private long encode(int newWord, int newKilled) {
        Arrays.sort(next, 0, setup.timed());
        Arrays.sort(next, setup.timed(), next.length);
        long state = 0;
        for (int t = next.length - 1; t >= 0; t--) {
            state = (state << THREAD_BITS) | next[t];
        }
        // A count below zero, by a planted mistake, is cut off: fault() sees it all the same.
        return (state << THREADS_SHIFT) | ((long) newKilled << KILLED_SHIFT) | (newWord & WORD_MASK);
    }

    private void decode(long state) {
        word = (int) state & WORD_MASK;
        killed = (int) (state >>> KILLED_SHIFT) & 1;
        long rest = state >>> THREADS_SHIFT;
        for (int t = 0; t < threads.length; t++) {
            threads[t] = (int) rest & THREAD_MASK;
            rest >>>= THREAD_BITS;
        }
    }

    /// A state, for people.
    @Override
    public String describe(long state) {
        decode(state);
        StringBuilder text = new StringBuilder();
        text.append((word & PMutexRules.LOCKED) != 0 ? 'L' : '-')
                .append((word & PMutexRules.WOKEN) != 0 ? 'W' : '-')
                .append((word & PMutexRules.RESERVED) != 0 ? 'T' : '-')
                .append(PMutexRules.count(word));
        for (int t = 0; t < threads.length; t++) {
            int where = threads[t] & WHERE_MASK;
            String place = switch (where) {
                case READY -> threads[t] == READY ? "done" : "ready";
                case AWAKE -> "awake";
                case ASLEEP -> "asleep";
                case LEAVING -> "leaving";
                case OWNER -> "owner";
                case WAKING -> "waking";
                default ->
                    (isAt(where, GOING) ? "going:" : isAt(where, BACK) ? "back:" : "waking:") + (where & WORD_MASK);
            };
            text.append(isTimed(t) ? "  timed " : "  ").append(place);
        }
        return text.append(killed == 0 ? "" : "  (one killed)").toString();
    }
}
