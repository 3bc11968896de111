package io.futex.shared;

import io.futex.spi.RobustThread;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/// A platform thread, and the robust locks that it holds.
final class Holder {
    /// A weak reference to the object of the thread, and beside it a strong one while the thread holds something: the
    /// system's list then points into memory that lasts as long as this object. Else the thread must not keep our class
    /// loader, see [io.futex.memory.PerThread].
    private static final ThreadLocal<Object[]> CURRENT = new ThreadLocal<>();

    private static final int WEAK = 0;
    private static final int STRONG = 1;

    private final Object[] places;
    private final RobustThread thread;

    /// Of the thread, to the JVM and to the words.
    final long threadId = Thread.currentThread().threadId();
    final int id;

    /// Whose record is pending, if one is.
    private @Nullable RobustMutex last;

    /// Whether the pending word names this thread. Not what the word says, which others can write; and set by the lock
    /// itself right after its step, since a call might throw there, for want of stack.
    boolean isNamed;

    private Holder(Object[] places, RobustThread thread) {
        this.places = places;
        this.thread = thread;
        this.id = thread.id();
    }

    /// Of the calling thread.
    static Holder current() {
        if (Thread.currentThread().isVirtual()) {
            throw new UnsupportedOperationException(
                    "a robust lock is held by a thread of the system, which tells of its"
                            + " end; a virtual thread is none. Lock in a platform thread, such as one of an executor");
        }
        Object[] places = CURRENT.get();
        Object holder = places == null ? null : ((Reference<?>) places[WEAK]).get();
        return holder != null ? (Holder) holder : make();
    }

    private static Holder make() {
        Object[] places = new Object[2];
        Holder holder = new Holder(places, Robust.ofThisProcess().thread());
        places[WEAK] = new WeakReference<>(holder);
        CURRENT.set(places);
        return holder;
    }

    /// This thread is about to take a lock: if it ends before [#link] or [#end], the system wakes one who sleeps there.
    void begin(RobustMutex mutex) {
        finishOthers(null);
        isNamed = false;
        if (last != mutex) { // the store costs more than the look
            last = mutex;
        }
        thread.begin(mutex.record);
    }

    /// The lock is this thread's.
    void link(RobustMutex mutex) {
        places[STRONG] = this;
        thread.link(mutex.record);
    }

    /// This thread is about to let go of a lock: if it ends before [#end], the system takes it for the owner if the
    /// word still names it, else wakes one who sleeps there.
    ///
    /// @return false if it does not hold it
    boolean unlink(RobustMutex mutex) {
        finishOthers(mutex);
        if (!thread.unlink(mutex.record)) {
            return isStillNamed(mutex);
        }
        isNamed = true;
        if (last != mutex) {
            last = mutex;
        }
        return true;
    }

    /// Nothing is left to be done.
    void end() {
        thread.end();
        if (!thread.hasLinked()) {
            places[STRONG] = null;
        }
    }

    /// What is still to be done for the last lock, since this thread's stack has ended in the middle.
    ///
    /// @param mutex the one for which it is done anyway
    private void finishOthers(@Nullable RobustMutex mutex) {
        RobustMutex unfinished = last;
        if (unfinished != mutex && unfinished != null && thread.isPending()) {
            unfinished.leave(this);
        }
    }

    boolean hasLinked(RobustMutex mutex) {
        return thread.isLinked(mutex.record);
    }

    /// Whether the word still names this thread, which is in the middle of taking the lock, or of letting go of it.
    boolean isStillNamed(RobustMutex mutex) {
        return isNamed && last == mutex && thread.isPending();
    }
}
