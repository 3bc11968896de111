package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// How late a timed wait that nobody wakes returns.
///
/// Parameters: `kind` (futex, park), `nanos`, `samples`.
final class Lateness {
    private static final int WARM_UP = 20;
    private static final FutexWord WORD = FutexWord.local(0);

    private Lateness() {}

    static void run(Request request, Reply reply) throws InterruptedException {
        boolean park = request.text("kind").equals("park");
        long nanos = request.number("nanos");
        double[] late = new double[request.count("samples")];
        for (int i = 0; i < WARM_UP; i++) {
            late(park, nanos);
        }
        long allocated = Allocation.bytes();
        for (int i = 0; i < late.length; i++) {
            late[i] = late(park, nanos);
        }
        allocated = Allocation.bytes() - allocated;
        reply.put("ns", late);
        reply.put("bytes", (double) allocated / late.length);
    }

    private static long late(boolean park, long nanos) throws InterruptedException {
        long begin = System.nanoTime();
        if (park) {
            LockSupport.parkNanos(nanos);
        } else {
            WORD.await(0, nanos, TimeUnit.NANOSECONDS);
        }
        return System.nanoTime() - begin - nanos;
    }
}
