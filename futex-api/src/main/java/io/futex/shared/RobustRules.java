package io.futex.shared;

import io.futex.spi.RobustThread;
import java.nio.ByteOrder;

/// The first two words of a robust lock, and every step, as functions of what was found: the word that the system
/// knows, which names the owner, and a count of acquisitions, which it does not touch. Both are changed in one step
/// where the count matters.
///
/// While anybody sleeps, and nobody is on his way who will look after him, [RobustThread#WAITERS] is set. Whoever wakes
/// or takes cannot know whether another one still sleeps: so a release leaves the flag, and who takes the lock keeps
/// it. Were it cleared and set again by whoever was woken, a newcomer could take the lock in between without the flag;
/// if then the woken one is killed, the system finds a word that does not name the dead, and does nothing, and the
/// newcomer's release sees no flag and wakes nobody. (glibc's own robust mutex loses that sleeper.)
///
/// The flag goes when a release has woken nobody, for then nobody slept; unless the lock has been taken since, and one
/// who came later sleeps on the value that it has now, which may be the same. The count tells: it must be the one of
/// the release.
///
/// An exhaustive model (in `verify`) has checked that. The class is open for tests alone, which plant mistakes and let
/// the model find them.
class RobustRules {
    static final RobustRules RIGHT = new RobustRules();

    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final int HALF = 32;
    private static final long LOW = 0xFFFF_FFFFL;

    // ---- two words as one

    /// The word is the first of the two, the count the second.
    static long pair(int word, int count) {
        return LITTLE ? (word & LOW) | (long) count << HALF : (count & LOW) | (long) word << HALF;
    }

    static int word(long pair) {
        return (int) (LITTLE ? pair : pair >>> HALF);
    }

    static int count(long pair) {
        return (int) (LITTLE ? pair >>> HALF : pair);
    }

    // ---- steps

    static boolean isFree(int word) {
        return owner(word) == 0;
    }

    static int owner(int word) {
        return word & RobustThread.OWNER;
    }

    static boolean hasDied(int word) {
        return (word & RobustThread.OWNER_DIED) != 0;
    }

    static boolean hasWaiters(int word) {
        return (word & RobustThread.WAITERS) != 0;
    }

    /// A thread will sleep on the word that results.
    static int announce(int word) {
        return word | RobustThread.WAITERS;
    }

    /// Of a free lock.
    final long take(long pair, int owner) {
        return pair(taken(word(pair), owner), next(count(pair)));
    }

    /// Whether the owner before has died stays in the word until the lock is marked consistent.
    int taken(int word, int owner) {
        return owner | (word & ~RobustThread.OWNER);
    }

    int next(int count) {
        return count + 1;
    }

    int release(int word) {
        return word & ~RobustThread.OWNER;
    }

    static int consistent(int word) {
        return word & ~RobustThread.OWNER_DIED;
    }

    /// Of a lock whose owner has ended, where the kernel has not said so. The count stays: who takes the lock steps it.
    static long abandoned(long pair) {
        return pair((word(pair) & ~RobustThread.OWNER) | RobustThread.OWNER_DIED, count(pair));
    }

    /// After a release has woken nobody, if nothing has happened since.
    final long settled(long pair) {
        return pair(word(pair) & ~RobustThread.WAITERS, count(pair));
    }
}
