package io.futex.bench.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.List;

/// Which processors the calling thread may run on: sched_setaffinity(2), Linux only.
public final class Affinity {
    private static final int BYTES = 128;
    private static final List<Integer> ALLOWED = isSupported() ? read() : List.of();

    private Affinity() {}

    /// Whether threads can be pinned here.
    public static boolean isSupported() {
        return System.getProperty("os.name", "").startsWith("Linux");
    }

    /// The processors that this process may use; empty where threads cannot be pinned.
    public static List<Integer> allowed() {
        return ALLOWED;
    }

    /// Keeps the calling thread on one processor.
    public static void pin(int cpu) {
        set(List.of(cpu));
    }

    /// Keeps it there, unless that is left to the system.
    ///
    /// @param cpu -1 if it is
    public static void place(int cpu) {
        if (cpu >= 0) {
            pin(cpu);
        }
    }

    /// Lets the calling thread run wherever the process may.
    public static void unpin() {
        if (!ALLOWED.isEmpty()) {
            set(ALLOWED);
        }
    }

    private static void set(List<Integer> cpus) {
        BitSet bits = new BitSet();
        cpus.forEach(bits::set);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(BYTES, Long.BYTES);
            mask.copyFrom(MemorySegment.ofArray(bits.toByteArray()));
            if (call(Calls.SET, mask) != 0) {
                throw new IllegalStateException("sched_setaffinity refuses the processors " + cpus);
            }
        }
    }

    private static List<Integer> read() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(BYTES, Long.BYTES);
            return call(Calls.GET, mask) == 0
                    ? BitSet.valueOf(mask.toArray(JAVA_BYTE)).stream().boxed().toList()
                    : List.of();
        }
    }

    private static int call(MethodHandle handle, MemorySegment mask) {
        try {
            return (int) handle.invokeExact(0, (long) BYTES, mask);
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing", e);
        }
    }

    /// Linked only where the functions exist.
    private static final class Calls {
        // int sched_setaffinity(pid_t pid, size_t bytes, const cpu_set_t *mask); and its sister
        private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
        static final MethodHandle SET = Downcall.link("sched_setaffinity", SHAPE);
        static final MethodHandle GET = Downcall.link("sched_getaffinity", SHAPE);
    }
}
