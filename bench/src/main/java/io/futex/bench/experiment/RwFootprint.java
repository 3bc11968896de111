package io.futex.bench.experiment;

import io.futex.bench.os.Proc;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.sync.RwMutex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// How many bytes a read-write lock takes.
///
/// Parameters: `kind` (segment, reentrant), `count`. The reference to a lock object is not counted, nor are the views
/// through which a lock in a segment is used, which come and go.
final class RwFootprint implements Experiment {
    /// Locks in a segment of which one is used: some on every page, and yet too few views to make the heap grow.
    private static final int STRIDE = 256;

    @Override
    public void run(Request request, Reply reply) {
        int count = Math.toIntExact(request.number("count"));
        double bytes = switch (request.text("kind")) {
            case "segment" -> inSegment(count);
            case "reentrant" -> objects(count);
            default -> throw new IllegalArgumentException("no read-write lock " + request.text("kind"));
        };
        reply.put("bytes-each", bytes / count);
    }

    private static double inSegment(int count) {
        try (Arena arena = Arena.ofConfined()) {
            useSome(arena.allocate(count / 8 * RwMutex.LAYOUT_BYTES, 4), count / 8);
            long before = Proc.residentBytes().orElseThrow();
            useSome(arena.allocate(count * RwMutex.LAYOUT_BYTES, 4), count);
            return Proc.residentBytes().orElseThrow() - before;
        }
    }

    private static void useSome(MemorySegment locks, long count) {
        for (long i = 0; i < count; i += STRIDE) {
            use(RwMutex.local(locks, i * RwMutex.LAYOUT_BYTES));
        }
    }

    private static double objects(int count) {
        ReadWriteLock[] locks = new ReadWriteLock[count];
        System.gc();
        long heapBefore = usedHeap();
        for (int i = 0; i < count; i++) {
            locks[i] = new ReentrantReadWriteLock();
            use(locks[i]);
        }
        try {
            System.gc();
            return usedHeap() - heapBefore;
        } finally {
            Reference.reachabilityFence(locks);
        }
    }

    private static void use(ReadWriteLock lock) {
        Lock reading = lock.readLock();
        if (reading.tryLock()) {
            reading.unlock();
        }
    }

    private static long usedHeap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
