package io.futex.bench.experiment;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// What the calling thread has allocated on the heap.
final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /// Bytes since the thread's start.
    static long bytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
