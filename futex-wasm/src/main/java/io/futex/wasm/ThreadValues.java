package io.futex.wasm;

import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A value for each thread that asks, which lives as long as both the thread and this object.
///
/// The value of a [ThreadLocal] outlives its key: the thread drops it when it happens to come by, if ever. A linear
/// memory is too large for that, and it would hold the class loader of its guests. So the thread holds a weak reference
/// alone, which is also the key by which this object knows that the thread has ended.
final class ThreadValues<T> {
    @SuppressWarnings("ThreadLocalUsage") // as many as there are memories; little is left behind in a thread
    private final ThreadLocal<@Nullable WeakReference<T>> here = new ThreadLocal<>();

    private final Map<WeakReference<T>, T> kept = Collections.synchronizedMap(new WeakHashMap<>());
    private final Supplier<? extends T> maker;

    /// @param maker called by each thread at its first [#get()]
    ThreadValues(Supplier<? extends T> maker) {
        this.maker = maker;
    }

    T get() {
        @Nullable WeakReference<T> known = here.get();
        @Nullable T value = known == null ? null : known.get();
        return value == null ? make() : value;
    }

    private T make() {
        T value = maker.get();
        WeakReference<T> reference = new WeakReference<>(value);
        kept.put(reference, value);
        here.set(reference);
        return value;
    }
}
