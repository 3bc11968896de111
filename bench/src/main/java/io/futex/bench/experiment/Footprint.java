package io.futex.bench.experiment;

import io.futex.Futex;
import io.futex.FutexWord;
import io.futex.bench.os.Proc;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.sync.PMutex;
import io.futex.sync.RwMutex;
import io.futex.sync.Semaphore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What things take of memory. Parameters: `kind`, `count`.
final class Footprint {
    /// Few enough that most of what is measured comes after them, enough to load and make what is made once.
    private static final int WARM_UP_SHARE = 8;

    /// Of those in a segment that need a view one in so many is used, lest the views make the heap grow. The pages of
    /// all are there: a fresh segment has been filled with zeros.
    private static final int STRIDE = 4096;

    private static final int CHUNK = 10_000;

    /// Uses one in a segment.
    private interface Use {
        void at(MemorySegment segment, long offset);
    }

    private Footprint() {}

    /// How many bytes a lock or a semaphore takes. The reference to an object is not counted, nor are the views through
    /// which some of those in a segment are used, which come and go.
    static void run(Request request, Reply reply) {
        int count = request.count("count");
        Futex futex = Futex.local();
        double bytes = switch (request.text("kind")) {
            case "segment" ->
                inSegment(count, Integer.BYTES, 1, (segment, offset) -> {
                    PMutex.lock(futex, segment, offset);
                    PMutex.unlock(futex, segment, offset);
                });
            case "rw-segment" ->
                inSegment(
                        count,
                        RwMutex.LAYOUT_BYTES,
                        STRIDE,
                        (segment, offset) -> use(RwMutex.local(segment, offset).readLock()));
            case "semaphore-segment" ->
                inSegment(count, Semaphore.LAYOUT_BYTES, STRIDE, (segment, offset) -> {
                    Semaphore semaphore = Semaphore.local(segment, offset);
                    semaphore.release();
                    semaphore.acquireUninterruptibly();
                });
            case "object" -> objects(count, PMutex::new, Footprint::use);
            case "reentrant" -> objects(count, ReentrantLock::new, Footprint::use);
            case "reentrant-rw" -> objects(count, ReentrantReadWriteLock::new, lock -> use(lock.readLock()));
            case "jdk-semaphore" ->
                objects(count, () -> new java.util.concurrent.Semaphore(0), semaphore -> {
                    semaphore.release();
                    semaphore.acquireUninterruptibly();
                });
            default -> throw new IllegalArgumentException("nothing to measure is called " + request.text("kind"));
        };
        reply.put("bytes-each", bytes / count);
    }

    private static void use(Lock lock) {
        if (lock.tryLock()) {
            lock.unlock();
        }
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
        long heapBefore = heapAfterCollection();
        for (int i = 0; i < count; i++) {
            T each = make.get();
            use.accept(each);
            all[i] = each;
        }
        try {
            return heapAfterCollection() - heapBefore;
        } finally {
            Reference.reachabilityFence(all);
        }
    }

    private static long heapAfterCollection() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /// Creates words (`word`) or atomics and drops them at once: does their memory come back?
    static void words(Request request, Reply reply) {
        boolean word = request.text("kind").equals("word");
        long count = request.number("count");
        long resident = Proc.residentBytes().orElse(0L);
        long begin = System.nanoTime();
        for (long done = 0; done < count; done += CHUNK) {
            Work.consume(word ? words() : atomics());
        }
        reply.put("ns", (double) (System.nanoTime() - begin) / count);
        Proc.residentBytes().ifPresent(after -> reply.put("grown-bytes", (double) (after - resident)));
        Proc.peakResidentBytes().ifPresent(peak -> reply.put("peak-bytes", (double) (peak - resident)));
    }

    private static long words() {
        long sum = 0;
        for (int i = 0; i < CHUNK; i++) {
            sum += FutexWord.local(0).getPlain();
        }
        return sum;
    }

    private static long atomics() {
        long sum = 0;
        for (int i = 0; i < CHUNK; i++) {
            sum += new AtomicInteger().getPlain();
        }
        return sum;
    }
}
