package io.futex.examples;

import io.futex.FutexWord;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;

/// A ring of numbers in a mapped file: one process puts, one other takes, and each sleeps while it has nothing to do.
///
/// A file of zeros is an empty ring. Whoever sleeps says so in a word first, so that nobody makes a system call to wake
/// one that is awake.
public final class NumberRing {
    private static final int CAPACITY = 4096; // a power of two

    // Each on its own pair of cache lines, since each is written by one side and read by the other.
    private static final long TAIL = 0; // how many were put
    private static final long HEAD = 128; // how many were taken
    private static final long TAKER_SLEEPS = 256;
    private static final long PUTTER_SLEEPS = 384;
    private static final long SLOTS = 512;
    private static final long BYTES = SLOTS + (long) CAPACITY * Long.BYTES;

    /// A look takes some 20 ns, and waking a sleeper some 5 us or more: so look for a while before going to sleep.
    private static final int LOOKS = 200;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment memory;
    private final FutexWord takerSleeps;
    private final FutexWord putterSleeps;
    private long tail; // of the putter: nobody else writes it
    private long head; // of the taker

    private NumberRing(MemorySegment memory) {
        this.memory = memory;
        this.takerSleeps = FutexWord.shared(memory, TAKER_SLEEPS);
        this.putterSleeps = FutexWord.shared(memory, PUTTER_SLEEPS);
        this.tail = (long) LONG.getVolatile(memory, TAIL);
        this.head = (long) LONG.getVolatile(memory, HEAD);
    }

    /// Maps the ring of a file.
    ///
    /// @param file an empty one, or one that another process has opened as a ring
    /// @param arena ends the mapping
    public static NumberRing open(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new NumberRing(channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena));
        }
    }

    /// Appends a number; sleeps while the ring is full. For one thread of one process.
    public void put(long number) throws InterruptedException {
        if (isFull()) {
            sleepUntil(putterSleeps, () -> !isFull());
        }
        memory.set(ValueLayout.JAVA_LONG, slot(tail), number);
        LONG.setVolatile(memory, TAIL, ++tail);
        wake(takerSleeps);
    }

    /// Takes the oldest number; sleeps while the ring is empty. For one thread of one other process.
    public long take() throws InterruptedException {
        if (isEmpty()) {
            sleepUntil(takerSleeps, () -> !isEmpty());
        }
        long number = memory.get(ValueLayout.JAVA_LONG, slot(head));
        LONG.setVolatile(memory, HEAD, ++head);
        wake(putterSleeps);
        return number;
    }

    private boolean isFull() {
        return tail - (long) LONG.getVolatile(memory, HEAD) == CAPACITY;
    }

    private boolean isEmpty() {
        return (long) LONG.getVolatile(memory, TAIL) == head;
    }

    private static long slot(long index) {
        return SLOTS + (index & (CAPACITY - 1)) * Long.BYTES;
    }

    /// The sleeper sets its word and then looks at the ring; the other side writes the ring and then looks at the word.
    /// All four are volatile, so at least one of them sees the other: no sleep without a wake to come.
    private static void sleepUntil(FutexWord sleeps, BooleanSupplier ready) throws InterruptedException {
        for (int i = 0; i < LOOKS; i++) {
            if (ready.getAsBoolean()) {
                return;
            }
            Thread.onSpinWait();
        }
        while (!ready.getAsBoolean()) {
            sleeps.set(1);
            if (!ready.getAsBoolean()) {
                sleeps.await(1);
            }
        }
        sleeps.set(0);
    }

    private static void wake(FutexWord sleeps) {
        if (sleeps.get() == 1 && sleeps.compareAndSet(1, 0)) {
            sleeps.wakeOne();
        }
    }
}
