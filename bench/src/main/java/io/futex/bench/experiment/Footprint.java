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

/// How many bytes a lock takes. The reference to an object is not counted. Parameters: `kind` (segment, object,
/// reentrant), `count`.
final class Footprint {
    /// Few enough that most of what is measured comes after them, enough to load and make what is made once.
    private static final int WARM_UP_SHARE = 8;

    private Footprint() {}

    static void run(Request request, Reply reply) {
        int count = request.count("count");
        double bytes = switch (request.text("kind")) {
            case "segment" -> inSegment(count);
            case "object" -> objects(count, PMutex::new);
            case "reentrant" -> objects(count, ReentrantLock::new);
            default -> throw new IllegalArgumentException("nothing to measure is called " + request.text("kind"));
        };
        reply.put("bytes-each", bytes / count);
    }

    /// The heap must not change its size meanwhile: no collection is asked for.
    private static double inSegment(int count) {
        try (Arena arena = Arena.ofConfined()) {
            use(arena, count / WARM_UP_SHARE);
            long before = Proc.residentBytes().orElseThrow();
            use(arena, count);
            return Proc.residentBytes().orElseThrow() - before;
        }
    }

    private static void use(Arena arena, long count) {
        Futex futex = Futex.local();
        MemorySegment segment = arena.allocate(count * Integer.BYTES, Long.BYTES);
        for (long i = 0; i < count; i++) {
            PMutex.lock(futex, segment, i * Integer.BYTES);
            PMutex.unlock(futex, segment, i * Integer.BYTES);
        }
    }

    private static double objects(int count, Supplier<Lock> make) {
        Lock[] all = new Lock[count];
        long heapBefore = heapAfterCollection();
        for (int i = 0; i < count; i++) {
            all[i] = make.get();
            if (all[i].tryLock()) {
                all[i].unlock();
            }
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
}
