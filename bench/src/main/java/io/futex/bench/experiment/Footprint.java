package io.futex.bench.experiment;

import io.futex.Futex;
import io.futex.bench.os.Proc;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.sync.PMutex;
import io.futex.sync.RwMutex;
import io.futex.sync.Semaphore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// How many bytes a lock or a semaphore takes.
///
/// Parameters: `kind`, `count`. The reference to an object is not counted, nor are the views through which some of
/// those in a segment are used, which come and go.
final class Footprint implements Experiment {
    /// Few enough that most of what is measured comes after them, enough to load and make what is made once.
    private static final int WARM_UP_SHARE = 8;

    /// Of those in a segment that need a view one in so many is used, lest the views make the heap grow. The pages of
    /// all are there: a fresh segment has been filled with zeros.
    private static final int STRIDE = 4096;

    /// Uses one in a segment.
    private interface Use {
        void at(MemorySegment segment, long offset);
    }

    @Override
    public void run(Request request, Reply reply) {
        int count = Math.toIntExact(request.number("count"));
        double bytes = switch (request.text("kind")) {
            case "segment" -> mutexes(count);
            case "object" -> objects(count, PMutex::new, Footprint::use);
            case "reentrant" -> objects(count, ReentrantLock::new, Footprint::use);
            case "rw-segment" ->
                inSegment(
                        count,
                        RwMutex.LAYOUT_BYTES,
                        STRIDE,
                        (segment, offset) -> use(RwMutex.local(segment, offset).readLock()));
            case "reentrant-rw" -> objects(count, ReentrantReadWriteLock::new, lock -> use(lock.readLock()));
            case "semaphore-segment" ->
                inSegment(count, Semaphore.LAYOUT_BYTES, STRIDE, (segment, offset) -> {
                    Semaphore semaphore = Semaphore.local(segment, offset);
                    semaphore.release();
                    semaphore.acquireUninterruptibly();
                });
            case "jdk-semaphore" ->
                objects(count, () -> new java.util.concurrent.Semaphore(0), semaphore -> {
                    semaphore.release();
                    semaphore.acquireUninterruptibly();
                });
            default -> throw new IllegalArgumentException("nothing to measure is called " + request.text("kind"));
        };
        reply.put("bytes-each", bytes / count);
    }

    private static double mutexes(int count) {
        Futex futex = Futex.local();
        return inSegment(count, Integer.BYTES, 1, (segment, offset) -> {
            PMutex.lock(futex, segment, offset);
            PMutex.unlock(futex, segment, offset);
        });
    }

    /// The heap must not change its size meanwhile: no collection is asked for.
    private static double inSegment(int count, long bytesEach, int stride, Use use) {
        try (Arena arena = Arena.ofConfined()) {
            int few = count / WARM_UP_SHARE;
            useSome(arena.allocate(few * bytesEach, Long.BYTES), few, bytesEach, stride, use);
            long before = Proc.residentBytes().orElseThrow();
            useSome(arena.allocate(count * bytesEach, Long.BYTES), count, bytesEach, stride, use);
            return Proc.residentBytes().orElseThrow() - before;
        }
    }

    private static void useSome(MemorySegment segment, long count, long bytesEach, int stride, Use use) {
        for (long i = 0; i < count; i += stride) {
            use.at(segment, i * bytesEach);
        }
    }

    private static <T> double objects(int count, Supplier<T> make, Consumer<T> use) {
        Object[] all = new Object[count];
        System.gc();
        long heapBefore = usedHeap();
        for (int i = 0; i < count; i++) {
            T each = make.get();
            use.accept(each);
            all[i] = each;
        }
        try {
            System.gc();
            return usedHeap() - heapBefore;
        } finally {
            Reference.reachabilityFence(all);
        }
    }

    private static void use(Lock lock) {
        if (lock.tryLock()) {
            lock.unlock();
        }
    }

    private static long usedHeap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
