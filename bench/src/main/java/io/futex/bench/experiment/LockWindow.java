package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.Arrays;
import java.util.List;

/// A lock in a window. What it guards is checked afterwards: a plain counter, if one thread at a time is in a section;
/// of a lock of readers and writers two, which readers compare.
///
/// Parameters: `lock`, `threads`, `millis`; for a mutex `inside` and `outside` (steps of [Work]) and `clocked` (also
/// the longest wait, which takes two looks at the clock for each section and so is never asked for together with
/// throughput); for a read-write lock `writers` (percent of the sections).
final class LockWindow {
    private LockWindow() {}

    static void run(Request request, Reply reply) throws Exception {
        MeasuredLock lock = MeasuredLock.named(request.text("lock"));
        Section[] sections = new Section[request.count("threads")];
        long[] guarded = Section.counters();
        System.gc(); // locks are old objects in most programs, and old ones may cost more
        Window.Plan plan = thread -> {
            Section section = new Section(lock, guarded, request);
            sections[thread] = section;
            return new Window.Job(section, section::forgetEarlierWaits, () -> {});
        };
        List<Window.Share> shares = Window.run(sections.length, request.number("millis"), 1, plan, reply);
        reply.put("longest-ns", (double)
                Arrays.stream(sections).mapToLong(Section::finish).max().orElse(0));
        if (request.experiment().equals("rw-lock")) { // all threads are out
            long written = Arrays.stream(sections).mapToLong(Section::written).sum();
            check(written, guarded[Window.PADDED]);
            check(written, guarded[Window.PADDED + 1]);
        } else {
            check(shares.stream().mapToLong(Window.Share::all).sum(), guarded[Window.PADDED]);
        }
    }

    private static void check(long sections, long counted) {
        if (sections != counted) {
            throw new IllegalStateException("no mutual exclusion: " + sections + " sections counted to " + counted);
        }
    }
}
