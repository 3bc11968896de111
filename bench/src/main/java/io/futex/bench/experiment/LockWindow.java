package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.Arrays;

/// A lock in a window. What it guards is checked afterwards: a plain counter, if one thread at a time is in a section;
/// of a lock of readers and writers two, which readers compare.
///
/// Parameters: `lock`, `threads`, `millis`; for a mutex `inside` and `outside` (steps of [Work]) and `clocked` (also
/// the
/// longest wait, which takes two looks at the clock for each section and so is never asked for together with
/// throughput); for a read-write lock `writers` (percent of the sections).
final class LockWindow implements Experiment {
    /// A section over and over.
    private record Sections(MeasuredLock lock, Section section) implements Window.Job {
        @Override
        public void run() {
            section.before();
            lock.run(section);
            section.after();
        }

        @Override
        public void begin() {
            section.forgetEarlierWaits();
        }
    }

    @Override
    public void run(Request request, Reply reply) throws Exception {
        Section[] sections = new Section[Math.toIntExact(request.number("threads"))];
        boolean clocked = request.number("clocked", 0) != 0;
        int writers = (int) request.number("writers", -1);
        MeasuredLock lock = MeasuredLock.named(request.text("lock"));
        boolean exclusive = MeasuredLock.isExclusive(request.text("lock"));
        long[] guarded = counters();
        System.gc(); // locks are old objects in most programs, and old ones may cost more
        Window.Outcome outcome = Window.run(sections.length, request.number("millis"), thread -> {
            Section section = new Section(
                    exclusive ? guarded : counters(),
                    request.number("inside", 0),
                    request.number("outside", 0),
                    clocked,
                    writers);
            sections[thread] = section;
            return new Sections(lock, section);
        });
        long longest = Arrays.stream(sections).mapToLong(Section::finish).max().orElse(0);
        if (exclusive) { // all threads are out
            long written = writers < 0
                    ? outcome.before() + outcome.measured()
                    : Arrays.stream(sections).mapToLong(Section::written).sum();
            check(written, guarded[Window.PADDED], writers < 0 ? written : guarded[Window.PADDED + 1]);
        }
        reply.put("ops-per-s", outcome.callsPerSecond());
        reply.put("bytes", outcome.bytesPerCall());
        reply.put("max-by-min", outcome.mostByLeast());
        if (clocked) {
            reply.put("longest-ns", (double) longest);
        }
    }

    private static long[] counters() {
        return new long[2 * Window.PADDED];
    }

    private static void check(long written, long one, long two) {
        if (written != one || written != two) {
            throw new IllegalStateException(
                    "no mutual exclusion: " + written + " sections counted to " + one + " and " + two);
        }
    }
}
