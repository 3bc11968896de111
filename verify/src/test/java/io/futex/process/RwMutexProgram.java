package io.futex.process;

import io.futex.sync.RwMutex;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/// One of two processes that read and write two numbers of a mapped file, which are equal whenever nobody writes.
public final class RwMutexProgram {
    static final long LOCK = 64;
    static final long ONE = 1024;
    static final long OTHER = 2048;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private RwMutexProgram() {}

    /// @param arguments the file; then the seed and how many rounds, or "read" to wait for the read lock, or nothing to
    ///     wait for the write lock
    @SuppressWarnings("LockNotBeforeTry") // nothing fails in between
    public static void main(String[] arguments) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = map(Path.of(arguments[0]), arena);
            if (arguments.length < 3) {
                RwMutex mutex = RwMutex.shared(memory, LOCK);
                Lock lock = arguments.length == 1 ? mutex.writeLock() : mutex.readLock();
                lock.lock(); // the test kills us here, if it is for writing
                lock.unlock();
                return;
            }
            System.out.print(play(memory, Long.parseLong(arguments[1]), Integer.parseInt(arguments[2])));
        }
    }

    static MemorySegment map(Path file, Arena arena) throws IOException {
        return PingPongProgram.map(file, arena);
    }

    /// Reads, writes, turns from one into the other, and gives up, by chance.
    ///
    /// @return how often it wrote
    static long play(MemorySegment memory, long seed, int rounds) throws InterruptedException {
        RwMutex mutex = RwMutex.shared(memory, LOCK);
        SplittableRandom random = new SplittableRandom(seed);
        long written = 0;
        for (int i = 0; i < rounds; i++) {
            boolean write = random.nextInt(4) == 0;
            Lock lock = write ? mutex.writeLock() : mutex.readLock();
            if (random.nextInt(4) != 0) {
                lock.lock();
            } else if (!lock.tryLock(random.nextInt(100), TimeUnit.MICROSECONDS)) {
                continue;
            }
            if (write) {
                memory.set(LONG, ONE, memory.get(LONG, ONE) + 1);
                memory.set(LONG, OTHER, memory.get(LONG, OTHER) + 1);
                written++;
                if (random.nextBoolean()) {
                    lock.unlock();
                    continue;
                }
                mutex.downgrade();
            }
            long one = memory.get(LONG, ONE);
            if (one != memory.get(LONG, OTHER)) {
                throw new AssertionError("seed " + seed + ": a reader saw a writer at work");
            }
            mutex.readLock().unlock();
        }
        return written;
    }

    static long written(MemorySegment memory) {
        return memory.get(LONG, ONE);
    }
}
