package io.futex.internal;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// A system that answers as told, and counts what it was asked.
final class FakeBackend implements FutexBackend {
    final AtomicInteger waits = new AtomicInteger();
    final AtomicInteger wakes = new AtomicInteger();
    final List<Integer> waitMasks = new CopyOnWriteArrayList<>();
    final List<Integer> wakeMasks = new CopyOnWriteArrayList<>();
    volatile Supplier<Outcome> outcome = () -> Outcome.WOKEN;
    volatile Supplier<Outcome> diagnosis = () -> Outcome.EARLY;
    volatile Set<Capability> local = Set.of(Capability.WAKE_COUNT);
    volatile Set<Capability> shared = Set.of(Capability.PROCESS_SHARED);
    volatile IntSupplier woken = () -> 0;

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Set<Capability> capabilities(boolean shared) {
        return shared ? this.shared : local;
    }

    @Override
    public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        waits.incrementAndGet();
        waitMasks.add(mask);
        return outcome.get();
    }

    @Override
    public Outcome diagnose(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        return diagnosis.get();
    }

    @Override
    public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
        wakes.incrementAndGet();
        wakeMasks.add(mask);
        return woken.getAsInt();
    }

    @Override
    public String description() {
        return "as told";
    }

    Futex local() {
        return Engine.local(this);
    }

    Futex shared() {
        return Engine.shared(this);
    }
}
