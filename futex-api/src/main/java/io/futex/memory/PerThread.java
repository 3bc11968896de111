package io.futex.memory;

import java.lang.ref.WeakReference;

/// An object for each platform thread, made on its first use and reused, so that waits allocate nothing.
///
/// The thread holds it weakly. Held strongly it would keep its class, and with that this library's class loader and
/// everything loaded by it, for as long as a pooled thread lives, though the application that waited in it was
/// undeployed long ago. So a collection may take an object that is not in use, and the next use makes another.
///
/// @param <T> of the object
public abstract class PerThread<T> extends ThreadLocal<WeakReference<T>> {
    /// For threads that have none yet.
    protected PerThread() {}

    /// Makes the object of the current thread.
    ///
    /// @return a new one
    protected abstract T make();

    /// The object of the current thread.
    ///
    /// @return the one made last, unless a collection has taken it
    public final T current() {
        WeakReference<T> reference = get();
        T object = reference == null ? null : reference.get();
        if (object == null) {
            object = make();
            set(new WeakReference<>(object));
        }
        return object;
    }
}
