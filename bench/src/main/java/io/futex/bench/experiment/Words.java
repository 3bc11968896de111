package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.bench.os.Proc;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.concurrent.atomic.AtomicInteger;

/// Creates words and drops them at once: does their memory come back?
///
/// Parameters: `kind` (word, atomic), `count`.
final class Words implements Experiment {
    private static final int CHUNK = 10_000;

    @Override
    public void run(Request request, Reply reply) {
        boolean word = request.text("kind").equals("word");
        long count = request.number("count");
        long resident = Proc.residentBytes().orElse(0L);
        long begin = System.nanoTime();
        for (long done = 0; done < count; done += CHUNK) {
            Work.consume(word ? words() : atomics());
        }
        long nanos = System.nanoTime() - begin;
        reply.put("ns", (double) nanos / count);
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
