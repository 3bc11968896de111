package io.futex.bench.experiment;

import io.futex.Futex;
import io.futex.bench.os.Proc;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.sync.PMutex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// How many bytes a lock takes, each of many locked and unlocked once.
///
/// Parameters: `kind` (segment, object, reentrant), `count`. The reference to a lock object is not counted.
final class Footprint implements Experiment {
    private static final long WARM_UP = 200_000;

    @Override
    public void run(Request request, Reply reply) {
        int count = Math.toIntExact(request.number("count"));
        double bytes = switch (request.text("kind")) {
            case "segment" -> inSegment(count);
            case "object" -> objects(count, PMutex::new);
            case "reentrant" -> objects(count, ReentrantLock::new);
            default -> throw new IllegalArgumentException("no lock " + request.text("kind"));
        };
        reply.put("bytes-each", bytes / count);
    }

    /// The heap must not change its size meanwhile: no collection is asked for, and locking allocates nothing.
    private static double inSegment(int count) {
        Futex futex = Futex.local();
        try (Arena arena = Arena.ofConfined()) {
            lockAll(futex, arena.allocate(WARM_UP * Integer.BYTES, Integer.BYTES), WARM_UP);
            long before = Proc.residentBytes().orElseThrow();
            lockAll(futex, arena.allocate((long) count * Integer.BYTES, Integer.BYTES), count);
            return Proc.residentBytes().orElseThrow() - before;
        }
    }

    private static void lockAll(Futex futex, MemorySegment locks, long count) {
        for (long i = 0; i < count; i++) {
            PMutex.lock(futex, locks, i * Integer.BYTES);
            PMutex.unlock(futex, locks, i * Integer.BYTES);
        }
    }

    private static double objects(int count, Supplier<Lock> make) {
        Lock[] locks = new Lock[count];
        System.gc();
        long heapBefore = usedHeap();
        for (int i = 0; i < count; i++) {
            Lock lock = make.get();
            lock.lock();
            try {
                locks[i] = lock;
            } finally {
                lock.unlock();
            }
        }
        try {
            System.gc();
            return usedHeap() - heapBefore;
        } finally {
            Reference.reachabilityFence(locks);
        }
    }

    private static long usedHeap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
